import { keystoreSuite, VARIANTS } from "./keystore-suite";

VARIANTS.slice(0, 1).forEach(keystoreSuite);
