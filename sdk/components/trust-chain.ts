import type * as pulumi from "@pulumi/pulumi";
import { PURPOSE_FACTS, REPLICATED_STORES } from "../../domain/purposes";
import { readChain } from "../../domain/rules/encoding";
import type { CertificateSource } from "../../domain/x509/bundle";
import type { Certificate } from "../../domain/x509/certificate";
import { inProgram, ProgramError } from "../program-error";
import type { Accept } from "../question";
import type { Cluster, VosNode } from "../topology";
import { TrustCertificate, type TrustStore } from "../trust-certificate";
import { Component, slug } from "./component";

export interface TrustChainArgs {
  cluster: Cluster;
  /** Trust store, such as `"tomcat-trust"`. */
  store: TrustStore;
  /** The authorities as they were given: PEM, DER or PKCS#7, in any order, in one file or several (R15). */
  chain: CertificateSource;
  /** Keep them on the nodes when the resource is removed. Default false. */
  retain?: boolean;
  accept?: Accept;
  /**
   * What must be done before the first upload. Not `dependsOn`: a component that waits for a failed resource makes the engine end the whole run,
   * also with `--continue-on-error` ("cannot complete a resource whose registration isn't pending").
   */
  after?: readonly pulumi.Resource[];
}

/**
 * A chain of authorities in a trust store: the root first, then each intermediate from the top (R31), each uploaded by itself.
 * @throws when the chain lacks its root or an intermediate.
 */
export class TrustChain extends Component {
  /** Root first. */
  readonly certificates: readonly TrustCertificate[];
  /** The authorities, PEM, root first. */
  readonly pems: readonly string[];

  constructor(name: string, args: TrustChainArgs, options?: pulumi.ComponentResourceOptions) {
    super("TrustChain", name, options);
    const { authorities } = inProgram(`TrustChain "${name}"`, () => readChain(args.chain));
    this.pems = authorities.map(({ pem }) => pem);
    this.certificates = targets(args).flatMap((node, _index, nodes) => this.upload(name, args, authorities, node, nodes.length > 1));
    this.registerOutputs({});
  }

  private upload(name: string, { store, retain, accept, after = [] }: TrustChainArgs, authorities: readonly Certificate[], node: VosNode, perNode: boolean): TrustCertificate[] {
    const made: TrustCertificate[] = [];
    authorities.forEach((authority, index) => {
      const twice = authorities.findIndex((other) => other.commonName === authority.commonName) !== index;
      const childName = [name, perNode ? node.fqdn.split(".")[0] : "", slug(authority.commonName), twice ? authority.serialNumber.slice(-6).toLowerCase() : ""].filter(Boolean).join("-");
      // One wait for replication is enough: what was uploaded last arrives last.
      const verify = index === authorities.length - 1 ? "cluster" : "node";
      made.push(new TrustCertificate(childName, { node, store, certificatePem: authority.pem, description: authority.commonName, retain, verify, accept }, this.after(...after, ...made.slice(-1))));
    });
    return made;
  }
}

/** One upload where the platform copies the store to the other nodes, else one per node that has the store (R35). */
function targets({ cluster, store }: TrustChainArgs): VosNode[] {
  const products = Object.values(PURPOSE_FACTS).filter(({ trustStore }) => trustStore === store).flatMap((facts) => facts.products);
  const nodes = cluster.nodes.filter(({ product }) => products.includes(product));
  const publisher = nodes.find(({ role, product }) => role === "publisher" && product === "CUCM") ?? nodes.find(({ role }) => role === "publisher");
  if (!publisher) throw new ProgramError(`Cluster "${cluster.name}" has no node with ${store}`);
  return REPLICATED_STORES.includes(store) ? [publisher] : nodes;
}
