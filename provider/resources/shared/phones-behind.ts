// Why phones have stayed behind, as far as it can be known from outside: where they are, and what their cluster tells them to trust.
import { valueOf } from "../../../domain/readings";
import { someOf } from "../../../domain/some-of";
import type { PhoneMove } from "../../../sdk/phone-migration-preflight";
import type { Context } from "../../context";
import { readSide, type Side } from "./migration-reading";
import { askTvs } from "./migration-rules";

/** What the ITL files of a cluster say: who signed them, and which TVS they name. */
function trusted(source: Side): string[] {
  const name = source.publisher.cluster.name;
  const files = source.nodes.flatMap(({ node, files: served }) => {
    const list = served && valueOf(served.itl);
    return list ? [{ node, list }] : [];
  });
  if (files.length === 0) return [`What they trust is not known: no ITL file of cluster "${name}" could be read.`];
  const signers = [...new Set(files.map(({ list }) => `${list.signer.name}, serial number ${list.signer.serialNumber}`))];
  const newest = new Date(Math.max(...files.map(({ list }) => list.writtenAt.getTime())));
  return [`They trust what they took from cluster "${name}". Its ITL files now are signed by ${signers.join(" and ")}, and the newest was written at ${newest.toISOString()}; a phone that holds an older one may trust another TVS, and believes nothing that this one says.`];
}

/** What each TVS says of the files that the phones were offered. */
async function vouched(source: Side, destination: Side, phones: readonly string[], context: Context): Promise<string[]> {
  const { words } = await askTvs(source, destination, { phones: [...phones] }, context);
  const refused = words.filter(({ known }) => valueOf(known) !== "yes");
  if (words.length === 0) return [`No TVS of cluster "${source.publisher.cluster.name}" could be asked.`];
  if (refused.length === 0) return [`TVS of ${[...new Set(words.map(({ node }) => node.fqdn))].join(", ")} vouches for every signer of the files of cluster "${destination.publisher.cluster.name}".`];
  return refused.map(({ node, signer, known }) => {
    const which = `${signer.subject}, serial number ${signer.serialNumber} (${signer.files.join(", ")})`;
    if ("unread" in known) return `TVS of ${node.fqdn} could not be asked: ${known.unread}.`;
    return `TVS of ${node.fqdn} does not know ${which}${known.value === "as another" ? " as one that signs such files" : ""}: phones that ask it refuse these files.`;
  });
}

function places(source: Side, missing: readonly string[]): string[] {
  const there = valueOf(source.registrations);
  const name = source.publisher.cluster.name;
  if (!there) return [`Whether they are registered with cluster "${name}" could not be read.`];
  const stayed = missing.filter((one) => there.registered.includes(one));
  const gone = missing.filter((one) => !there.registered.includes(one));
  return [
    ...(stayed.length > 0 ? [`Still registered with cluster "${name}": ${someOf(stayed)}.`] : []),
    ...(gone.length > 0 ? [`Registered with neither cluster, or switched off: ${someOf(gone)}.`] : []),
  ];
}

/** Sentences for the failure of a reset. Reads only; what does not answer is said. */
export async function whyBehind({ source, destination }: Pick<PhoneMove, "source" | "destination">, missing: readonly string[], context: Context): Promise<string[]> {
  const [from, to] = await Promise.all([readSide(source, missing, context), readSide(destination, missing, context)]);
  return [
    ...places(from, missing),
    ...trusted(from),
    ...(await vouched(from, to, missing, context)),
    "What a phone itself holds cannot be read from outside: its Status Messages and its Trust List show it. One that ignores option 150 has an alternate TFTP server in its network settings.",
  ];
}
