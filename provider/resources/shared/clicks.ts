import type { Question } from "../../../domain/question";

const DISTRIBUTION = { "multi-server": "Multi-server(SAN)", "this-server": "the node's own name" } as const;

/** What a person fills in, in the words of the page, to make a request by hand. */
export function clicks(question: Question): string {
  return [
    "  Cisco Unified OS Administration > Security > Certificate Management > Generate CSR",
    `    Certificate Purpose: ${question.purpose}`,
    `    Distribution: ${DISTRIBUTION[question.distribution]}`,
    `    Common Name: ${question.commonName}`,
    `    Subject Alternate Names (auto-populated, Parent Domain and Other Domains together): ${question.names.join(", ")}`,
    `    Key Type: ${question.keyType}, Key Length: ${question.keyLength}, Hash Algorithm: ${question.hashAlgorithm}`,
  ].join("\n");
}
