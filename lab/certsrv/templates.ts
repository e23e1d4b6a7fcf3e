import type { KeyUsageName, TemplateDescription } from "../estate";
import { cRLSign, dataEncipherment, digitalSignature, EKU, keyCertSign, keyEncipherment } from "../pki/make";

/** What a template lets through. */
export interface Template {
  /** Object identifiers that every certificate gets, whatever the request asks for. */
  extendedKeyUsage: string[];
  /** Bits: the most that a request can have. */
  keyUsage: number;
}

const BITS: Record<KeyUsageName, number> = { digitalSignature, keyEncipherment, dataEncipherment, keyCertSign, cRLSign };

/** `WebServer` as it is installed; `WebServerClient` stands for the copy that an administrator makes for these appliances. */
export const DEFAULT_TEMPLATES: Record<string, TemplateDescription> = {
  WebServer: { extendedKeyUsage: ["serverAuth"], keyUsage: ["digitalSignature", "keyEncipherment"] },
  WebServerClient: { extendedKeyUsage: ["serverAuth", "clientAuth"] },
};

function templateOf(description: string[] | TemplateDescription): Template {
  const { extendedKeyUsage, keyUsage = ["digitalSignature", "keyEncipherment", "dataEncipherment"] } = Array.isArray(description) ? { extendedKeyUsage: description } : description;
  return {
    extendedKeyUsage: extendedKeyUsage.map((usage) => (EKU as Record<string, string>)[usage] ?? usage),
    keyUsage: keyUsage.reduce((bits, name) => bits | BITS[name], 0),
  };
}

/** Machine name → template; AD CS compares the names without case. */
export function templatesOf(descriptions: Record<string, string[] | TemplateDescription> = DEFAULT_TEMPLATES): Map<string, Template> {
  return new Map(Object.entries(descriptions).map(([name, description]) => [name.toLowerCase(), templateOf(description)]));
}
