import { Cluster, ContactCenter, ContactCenterExchange } from "pulumi-uccerts";

const finesse = new Cluster("finesse", {
  release: "12.5(1)",
  connection: "center", // the contact centre's own: only looked at
  nodes: [
    { fqdn: "finesse-pub.example.com", product: "Finesse", role: "publisher" },
    { fqdn: "finesse-sub.example.com", product: "Finesse", role: "subscriber" },
  ],
});

const center = new ContactCenter("center", {
  release: "12.6(2)",
  hosts: [
    { fqdn: "rogger-a.example.com", product: "Rogger", side: "A" },
    { fqdn: "rogger-b.example.com", product: "Rogger", side: "B" },
    { fqdn: "aw-a.example.com", product: "AW", side: "A" },
    { fqdn: "aw-b.example.com", product: "AW", side: "B" },
  ],
  clusters: [finesse],
});

const exchange = new ContactCenterExchange("exchange", { contactCenter: center });

export const stores = exchange.entries.map(({ path }) => path);
export const backups = exchange.entries.map(({ backup }) => backup);
