// The other JDKs of this machine, and hosts that speak French and Spanish.
import { keystoreSuite, VARIANTS } from "./keystore-suite";

VARIANTS.slice(1).forEach(keystoreSuite);
