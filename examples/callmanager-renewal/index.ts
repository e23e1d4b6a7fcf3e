import { Cluster, MultiServerCertificate } from "pulumi-uccerts";
import { getAuthorityChain } from "pulumi-uccerts/live";

export = async () => {
  const hq = new Cluster("hq", {
    release: "15",
    nodes: [
      { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" },
      { fqdn: "cs-ccm-sub1.example.com", product: "CUCM", role: "subscriber" },
      { fqdn: "cs-ccm-sub2.example.com", product: "CUCM", role: "subscriber" },
      { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" },
    ],
    // Phones reset: nothing of it happens outside this window. Here it is always open.
    maintenanceWindow: { from: "00:00", to: "00:00", timeZone: "Europe/Berlin" },
  });

  const callManager = new MultiServerCertificate("callmanager", {
    cluster: hq,
    purpose: "CallManager",
    chain: await getAuthorityChain("ca"),
    authority: { connection: "ca", template: "WebServerClient" },
    renewal: { after: "300d" },
    // In mixed mode phones reset when the CTL file and the restarts are done, not at the upload: the enterprise parameter is manual, and we reset them.
    rollout: { phones: { reset: true, tolerancePercent: 2 } },
  });

  return { nodes: callManager.nodes, notAfter: callManager.notAfter, phonesBack: callManager.phones?.registered };
};
