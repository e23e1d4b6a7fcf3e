import { BulkCertificateExchange, Cluster, PhoneMigration } from "pulumi-uccerts";
import { getPhones } from "pulumi-uccerts/live";

// Phones are reset. In production: a few hours at night.
const maintenanceWindow = { from: "00:00", to: "00:00", timeZone: "Europe/Berlin" };

export = async () => {
  const dc1 = new Cluster("dc1", {
    release: "12.5(1)SU7",
    maintenanceWindow,
    nodes: [
      { fqdn: "dc1-pub.example.com", address: "10.1.0.11", product: "CUCM", role: "publisher" },
      { fqdn: "dc1-sub.example.com", address: "10.1.0.12", product: "CUCM", role: "subscriber" },
    ],
  });

  const dc2 = new Cluster("dc2", {
    release: "15",
    maintenanceWindow,
    nodes: [
      { fqdn: "dc2-pub.example.com", address: "10.2.0.11", product: "CUCM", role: "publisher" },
      { fqdn: "dc2-sub.example.com", address: "10.2.0.12", product: "CUCM", role: "subscriber" },
    ],
  });

  // Both learn to trust the other, so that the phones can come back.
  const exchange = new BulkCertificateExchange("exchange", { clusters: [dc1, dc2], sftp: "bulk", restartTvs: true });

  const phones = await getPhones("dc1", { publisher: "dc1-pub.example.com", release: "12.5(1)SU7", devicePools: ["Default"] });

  const migration = new PhoneMigration("to-dc2", {
    source: dc1,
    destination: dc2,
    exchange,
    phones,
    batchSize: 10,
    tftp: ["10.2.0.11", "10.2.0.12"],
    option150: { subnets: ["10.1.20.0"] },
  });

  return { status: migration.status, notMoved: migration.missing };
};
