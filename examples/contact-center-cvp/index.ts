import { ContactCenter, ContactCenterExchange } from "pulumi-uccerts";

const center = new ContactCenter("center", {
  release: "12.5(1)",
  hosts: [
    { fqdn: "oamp.example.com", product: "CVP OAMP" },
    { fqdn: "csa.example.com", product: "CVP Server", side: "A" },
    { fqdn: "csb.example.com", product: "CVP Server", side: "B" },
    { fqdn: "repa.example.com", product: "CVP Reporting" },
  ],
  // A CVP Server carries calls: it restarts inside this window alone. Here it is always open.
  maintenanceWindow: { from: "00:00", to: "00:00", timeZone: "Europe/Berlin" },
});

const exchange = new ContactCenterExchange("exchange", { contactCenter: center });

export const stores = exchange.entries.map(({ path }) => path);
export const backups = exchange.entries.map(({ backup }) => backup);
