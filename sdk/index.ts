// What a program imports from "pulumi-uccerts".
export { Renewal, type RenewalInputs, type RenewalOutputs } from "./renewal";
