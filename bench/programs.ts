// The programs that are measured, as a user writes them in JavaScript.

/** What a program of our own begins with. */
const OURS = `const { readFileSync } = require("node:fs");
const uccerts = require("pulumi-uccerts");`;

function whole(head: string, body: string): string {
  return `${head}\n\nmodule.exports = async () => {\n${body}\n};\n`;
}

/** A1 on the cluster of the lab, and `partners` authorities that the cluster trusts. The chain stands in a file, so that the program asks nothing of the network. */
export function ours(clusterText: string, partners: number): string {
  return whole(
    OURS,
    `${clusterText}
  new uccerts.MultiServerCertificate("tomcat", {
    cluster: hq,
    purpose: "tomcat",
    chain: readFileSync("chain.pem"),
    authority: { connection: "ca", template: "WebServerClient" },
    renewal: { after: "300d" },
  });
  const publisher = hq.publisher("CUCM");
  for (let index = 0; index < ${partners}; index++) {
    const certificatePem = readFileSync(\`partner-\${index}.pem\`, "utf8");
    new uccerts.TrustCertificate(\`partner-\${index}\`, { node: publisher, store: index % 2 ? "tomcat-trust" : "CallManager-trust", certificatePem });
  }`,
  );
}

/** Dynamic resources that do nothing. */
export function trivial(count: number): string {
  return whole(
    `const pulumi = require("@pulumi/pulumi");

const provider = {
  async create(inputs) {
    return { id: inputs.name, outs: inputs };
  },
};

class Trivial extends pulumi.dynamic.Resource {
  constructor(name) {
    super(provider, name, { name });
  }
}`,
    `  for (let index = 0; index < ${count}; index++) new Trivial(\`trivial-\${index}\`);`,
  );
}
