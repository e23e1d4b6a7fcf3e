import { Cluster, MultiServerCertificate } from "pulumi-uccerts";
import { getAuthorityChain } from "pulumi-uccerts/live";

export = async () => {
  const hq = new Cluster("hq", {
    release: "15",
    nodes: [
      { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" },
      { fqdn: "cs-ccm-sub.example.com", product: "CUCM", role: "subscriber" },
      { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" },
    ],
  });

  const tomcat = new MultiServerCertificate("tomcat", {
    cluster: hq,
    purpose: "tomcat",
    chain: await getAuthorityChain("ca"),
    authority: { connection: "ca", template: "WebServerClient" },
    renewal: { after: "300d" },
  });

  return { nodes: tomcat.nodes, notAfter: tomcat.notAfter, fingerprint: tomcat.fingerprint };
};
