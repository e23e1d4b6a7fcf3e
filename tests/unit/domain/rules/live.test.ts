import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coveredReadings, perNode, readingsOf } from "../../../../domain/rules/live";
import { CLUSTER, clusterReading, liveFacts, nodeReading, PRESENCE, PUBLISHER, readings, said, SUBSCRIBER, UNREAD } from "../../../support/facts";

const full = (used: Readonly<Record<string, number>>) => (used.active! > 90 ? [{ found: "full" }] : []);
const decide = (nodes = readings()) => said(perNode(nodes, (node) => node.diskUsed, full));
const FULL = { diskUsed: { value: { active: 99 } } };

describe("a decision for each node", () => {
  test("passes when every node is as it should be", () => {
    assert.deepEqual(decide(), ["pass"]);
  });

  test("names the node on which something is wrong", () => {
    assert.deepEqual(decide(readings(FULL)), ["cs-ccm-sub.example.com: full"]);
  });

  test("is open when a node could not be read", () => {
    assert.deepEqual(decide(readings({ diskUsed: UNREAD })), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });

  test("is made when one node could not be read and another is wrong", () => {
    assert.deepEqual(decide([nodeReading(PUBLISHER, { diskUsed: UNREAD }), nodeReading(SUBSCRIBER, FULL)]), ["cs-ccm-sub.example.com: full"]);
  });
});

describe("the readings that a certificate is about", () => {
  test("are those of the nodes that it covers", () => {
    const { reading } = liveFacts();
    assert.deepEqual(coveredReadings({ reading, covered: [PUBLISHER, PRESENCE] }).map(({ node }) => node), [PUBLISHER, PRESENCE]);
  });

  test("a node that nobody looked at is unread, not passed over", () => {
    const reading = clusterReading({ nodes: [nodeReading(PUBLISHER)] });
    assert.deepEqual(decide(readingsOf(CLUSTER.slice(0, 2), reading)), ["undecided: cs-ccm-sub.example.com: nothing was read of this node"]);
  });
});
