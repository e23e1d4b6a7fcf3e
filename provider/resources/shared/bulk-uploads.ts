// Uploads of what an exchange has to put into trust stores itself, because no import does.
import type { TrustStore } from "../../../domain/purposes";
import { type Certificate, label } from "../../../domain/x509/certificate";
import type { Context, Node } from "../../context";
import { PlatformError, RefusedError } from "../../errors";
import { uploadTrustOnce } from "./trust-upload";

/** One certificate for one store. */
export interface Asked {
  store: TrustStore;
  certificate: Certificate;
  description: string;
}

/** What a person does where no interface takes it. */
function byHand(node: Node, asked: readonly Asked[]): string[] {
  return [
    `On ${node.fqdn}: Cisco Unified OS Administration > Security > Certificate Management > Upload Certificate/Certificate chain, Certificate Purpose Phone-SAST-trust:`,
    ...asked.filter(({ store }) => store === "Phone-SAST-trust").map(({ certificate, description }) => `${description} (serial number ${certificate.serialNumber})`),
    `Then run "pulumi up" again: it finds them, and uploads the rest`,
  ];
}

/** Phone-SAST-trust comes first: a platform that does not take it by REST or command line refuses before anything is changed. @returns what was uploaded */
export async function uploadAll(node: Node, asked: readonly Asked[], context: Context): Promise<string[]> {
  const inOrder = [...asked.filter(({ store }) => store === "Phone-SAST-trust"), ...asked.filter(({ store }) => store !== "Phone-SAST-trust")];
  const done: string[] = [];
  for (const { store, certificate, description } of inOrder) {
    try {
      await uploadTrustOnce(node, { store, description }, certificate, context);
    } catch (error) {
      const refused = error instanceof PlatformError && error.kind === "rejected" && store === "Phone-SAST-trust" && done.length === 0;
      if (!refused) throw error;
      throw new RefusedError(`Nothing was uploaded to ${node.cluster.name}: ${node.fqdn} takes no certificate for Phone-SAST-trust by REST or command line (${error.failed.answer}). A person uploads them:`, byHand(node, asked));
    }
    done.push(`${label(certificate)} to ${store}`);
  }
  return done;
}
