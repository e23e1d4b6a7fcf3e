import { BulkCertificateExchange, Cluster } from "pulumi-uccerts";

// An import resets phones. In production: a few hours at night.
const maintenanceWindow = { from: "00:00", to: "00:00", timeZone: "Europe/Berlin" };

const source = new Cluster("source", {
  release: "11.5(1)",
  maintenanceWindow,
  nodes: [
    { fqdn: "old-pub.example.com", product: "CUCM", role: "publisher" },
    { fqdn: "old-sub.example.com", product: "CUCM", role: "subscriber" },
  ],
});

const destination = new Cluster("destination", {
  release: "15",
  maintenanceWindow,
  nodes: [
    { fqdn: "new-pub.example.com", product: "CUCM", role: "publisher" },
    { fqdn: "new-sub.example.com", product: "CUCM", role: "subscriber" },
  ],
});

const exchange = new BulkCertificateExchange("exchange", { clusters: [source, destination], sftp: "bulk" });

export const signers = exchange.known.apply((all) => all.filter(({ stores }) => stores.includes("Phone-SAST-trust")).map(({ node, purpose, serialNumber, knownTo }) => `${purpose} of ${node} (${serialNumber}): ${knownTo.join(", ")}`));
