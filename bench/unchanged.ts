// `up` with nothing changed: resources of ours against trivial dynamic resources, the same engine, side by side.
import { performance } from "node:perf_hooks";
import { ESTATE_A1, type Lab, startLab } from "../lab";
import { writes } from "../tests/support/a1";
import type { TestStack } from "../tests/support/stack";
import { clusterText } from "./estate";
import { ours, trivial } from "./programs";
import { atMost, exactly, median, type Row, told, type Table } from "./report";
import { good, placePartners, stackOf } from "./stack";

const RESOURCES = 40;
/** A1 on three nodes declares 24 resources; the rest are trusted authorities of partners. */
const PARTNERS = RESOURCES - 24;
const PAIRS = 9;
const RATIO = 1.15;
const OF_DYNAMIC = /^pulumi-nodejs:dynamic/;

interface Pair {
  ours: number;
  trivial: number;
}

async function timed(stack: TestStack): Promise<number> {
  const begin = performance.now();
  const { output } = await good(stack.up());
  const seconds = (performance.now() - begin) / 1000;
  if (!/^ {4}\d+ unchanged$/m.test(output)) throw new Error(`something changed:\n${output}`);
  return seconds;
}

/** One pair is for warming up and is not counted. */
async function pairs(mine: TestStack, other: TestStack): Promise<Pair[]> {
  const all: Pair[] = [];
  for (let index = 0; index <= PAIRS; index++) all.push({ ours: await timed(mine), trivial: await timed(other) });
  return all.slice(1);
}

async function measured(lab: Lab, mine: TestStack, other: TestStack): Promise<Row[]> {
  await placePartners(mine, PARTNERS);
  await good(mine.preview());
  const writesOfFirstPreview = writes(lab).length;
  await good(mine.up());
  await good(other.up());
  const counts = [mine, other].map((stack) => stack.resources().filter(({ type }) => OF_DYNAMIC.test(type)).length);
  if (counts.some((count) => count !== RESOURCES)) throw new Error(`${counts.join(" and ")} resources instead of ${RESOURCES}`);
  const mark = lab.history.mark();
  const all = await pairs(mine, other);
  const calls = lab.history.since(mark).length;
  await good(mine.preview());
  const [a, b] = [median(all.map((pair) => pair.ours)), median(all.map((pair) => pair.trivial))];
  return [
    told(`up, nothing changed, ${RESOURCES} of ours, median of ${PAIRS}`, `${a.toFixed(2)} s`),
    told(`up, nothing changed, ${RESOURCES} trivial dynamic resources, median of ${PAIRS}`, `${b.toFixed(2)} s`),
    atMost("ratio of the medians", RATIO, a / b),
    told("each pair", all.map((pair) => (pair.ours / pair.trivial).toFixed(2)).join(", ")),
    exactly("calls to devices in these runs of up", 0, calls),
    exactly("writes to devices in the preview before the first up", 0, writesOfFirstPreview),
    exactly("calls to devices in a preview afterwards", 0, lab.history.since(mark).length - calls),
  ];
}

export async function unchanged(): Promise<Table[]> {
  const lab = await startLab();
  const stacks: TestStack[] = [];
  try {
    stacks.push(await stackOf(lab, ours(clusterText(ESTATE_A1), PARTNERS)), await stackOf(lab, trivial(RESOURCES)));
    return [{ title: "up with nothing changed", rows: await measured(lab, stacks[0]!, stacks[1]!) }];
  } finally {
    stacks.forEach((stack) => stack.dispose());
    await lab.stop();
  }
}
