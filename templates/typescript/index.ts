import { Cluster, MultiServerCertificate } from "pulumi-uccerts";
import { getAuthorityChain } from "pulumi-uccerts/live";

export = async () => {
  // The nodes as they stand in Cisco Unified CM Administration > System > Server.
  // (getClusterNodes of "pulumi-uccerts/live" asks the publisher for them instead.)
  // "hq" is also the name of the connection: log-ins and pins, which are never in the program.
  const hq = new Cluster("hq", {
    release: "15",
    nodes: [
      { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" },
      { fqdn: "cs-ccm-sub.example.com", product: "CUCM", role: "subscriber" },
      { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" },
    ],
    // Restarts, and whatever else users notice, happen only then; outside they are shown as due, and the next "pulumi up" inside does them.
    // maintenanceWindow: { days: ["Saturday"], from: "22:00", to: "02:00", timeZone: "Europe/Berlin" },
  });

  // One certificate for all nodes: preflight, CSR, signature, trust, upload, and one restart per service and node, in the platform's order.
  const tomcat = new MultiServerCertificate("tomcat", {
    cluster: hq,
    purpose: "tomcat",
    // Root and intermediates. Instead of asking the authority: readFileSync("chain.p7b"); PEM, DER or PKCS#7, in any order.
    chain: await getAuthorityChain("ca"),
    // AD CS web enrolment: a connection and the machine name of a template that gives server and client authentication.
    authority: { connection: "ca", template: "WebServerClient" },
    // A preview after 300 days shows that the renewal is due, and "pulumi up" makes it.
    renewal: { after: "300d" },
  });

  return { nodes: tomcat.nodes, notAfter: tomcat.notAfter, fingerprint: tomcat.fingerprint };
};
