import { Renewal } from "pulumi-uccerts";

const yearly = new Renewal("yearly", { after: "300d" });

export const dueAt = yearly.dueAt;
