// Enterprise parameters of a CUCM cluster on which rules depend, by their names in the database. Each @throws where the cluster does not say it.
import type { Context, Node } from "../../context";
import { attempt, publisherOf } from "./reading";

async function parameter(node: Node, name: string, context: Context): Promise<string | undefined> {
  return context.vos(publisherOf(node, context)).parameter(name);
}

interface Flag {
  name: string;
  title: string;
  yes: string;
  no: string;
  words: string;
}

async function flag(node: Node, { name, title, yes, no, words }: Flag, context: Context): Promise<boolean> {
  const value = await parameter(node, name, context);
  if (value === yes || value === no) return value === yes;
  throw new Error(`${node.cluster.name}: the enterprise parameter ${title} is ${value === undefined ? "missing" : `"${value}"`}, neither ${words}`);
}

/** Cluster Security Mode: mixed. */
export async function isMixedMode(node: Node, context: Context): Promise<boolean> {
  return flag(node, { name: "ClusterSecurityMode", title: "Cluster Security Mode", yes: "1", no: "0", words: "0 (non-secure) nor 1 (mixed)" }, context);
}

/** Prepare Cluster for Rollback to pre 8.0: True (R60). */
export async function isPreparedForRollback(node: Node, context: Context): Promise<boolean> {
  return flag(node, { name: "RollBackToPreGrayback", title: "Prepare Cluster for Rollback to pre 8.0", yes: "T", no: "F", words: "T (True) nor F (False)" }, context);
}

/** Phone Interaction on Certificate Update: `0` automatic, `1` manual; undefined where the cluster has none. */
export async function phoneInteraction(node: Node, context: Context): Promise<string | undefined> {
  return parameter(node, "PhoneInteractionOnCertificateUpdate", context);
}

/** Whether phones reset when a person says so, and not at the upload. Not where it cannot be read. */
export async function isManual(node: Node, context: Context): Promise<boolean> {
  const value = await attempt(phoneInteraction(node, context));
  return "value" in value && value.value === "1";
}
