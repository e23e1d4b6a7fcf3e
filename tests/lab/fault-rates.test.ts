import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault, FaultName, Lab } from "../../lab";
import { Faults } from "../../lab/faults";
import { History } from "../../lab/history";
import { envelope } from "../support/soap-lab";
import { PUB, startNodes, SUB, within } from "./support/estates";
import { CliClient } from "./support/cli-client";
import { basic, fetchFrom, rest } from "./support/node-client";

const ROUGH: Fault = { fault: "unavailable", rate: 0.5, seed: "rough" };

/** Which of `count` requests are struck by any of these faults, asked as a server asks: one occasion a request. */
function struck(faults: Fault[], { count = 200, node = PUB, at = "rest" as const }: { count?: number; node?: string; at?: "rest" | "soap" } = {}): boolean[] {
  const drawn = new Faults(new History());
  for (const fault of faults) drawn.add(fault);
  const names = [...new Set(faults.map(({ fault }) => fault))];
  return Array.from({ length: count }, () => {
    const occasion = { node, interface: at, action: "GET /snapshot/server" };
    return names.filter((name) => drawn.strike(name, occasion)).length > 0;
  });
}

/** The most requests in a row that are struck. */
function longest(list: boolean[]): number {
  return Math.max(...list.join(" ").split("false").map((row) => row.split("true").length - 1));
}

const share = (list: boolean[]) => list.filter(Boolean).length / list.length;

async function statuses(lab: Lab, fqdn = PUB, count = 12): Promise<number[]> {
  const seen: number[] = [];
  for (let call = 0; call < count; call++) seen.push((await rest(lab.node(fqdn), "GET /snapshot/server")).status);
  return seen;
}

async function soapStatus(lab: Lab): Promise<number> {
  const { username, password } = lab.cluster("hq").applicationUser.credential;
  const raw = envelope('<ast:soapGetServiceStatus xmlns:ast="http://schemas.cisco.com/ast/soap"/>');
  const headers = { ...basic(username, password), soapaction: '"soapGetServiceStatus"' };
  return (await fetchFrom(lab.node(PUB), "POST /controlcenterservice2/services/ControlCenterServices", undefined, { raw, headers })).status;
}

describe("a fault with a rate", () => {
  for (const rate of [0.1, 0.2, 0.5])
    test(`of ${rate} strikes at about that share of the requests`, () => {
      const found = share(struck([{ ...ROUGH, rate }], { count: 2000 }));
      // Three in a row at most takes away a little of the higher rates.
      assert.ok(found > rate - 0.06 && found < rate + 0.03, String(found));
    });

  test("never strikes at more than three requests in a row, not even with a rate of 1", () => {
    assert.equal(longest(struck([ROUGH], { count: 2000 })), 3);
    assert.deepEqual(struck([{ ...ROUGH, rate: 1 }], { count: 9 }), [true, true, true, false, true, true, true, false, true]);
  });

  test("does not lengthen the row of another fault", () => {
    const several = (["unavailable", "dropped connection", "dropped answer"] as FaultName[]).map((fault) => ({ fault, rate: 0.6, seed: "rough" }));
    assert.equal(longest(struck(several, { count: 2000 })), 3);
  });

  test("strikes at the same requests every time, and at others with another seed", () => {
    assert.deepEqual(struck([ROUGH]), struck([ROUGH]));
    assert.notDeepEqual(struck([ROUGH]), struck([{ ...ROUGH, seed: "rougher" }]));
  });

  test("is drawn for every node, interface and fault on its own", () => {
    const here = struck([ROUGH]);
    assert.notDeepEqual(struck([ROUGH], { node: SUB }), here);
    assert.notDeepEqual(struck([ROUGH], { at: "soap" }), here);
    assert.notDeepEqual(struck([{ ...ROUGH, fault: "dropped connection" }]), here);
  });

  test("ends with its last time", () => assert.equal(struck([{ ...ROUGH, times: 4 }]).filter(Boolean).length, 4));

  test("leaves what it does not concern to a fault without a rate", () => {
    const both = struck([ROUGH, { fault: "unavailable", times: 3 }], { count: 20 });
    assert.equal(both.filter(Boolean).length, struck([ROUGH], { count: 20 }).filter(Boolean).length + 3);
  });
});

describe("an estate with a rate", () => {
  const rough = () => startNodes({ faults: [ROUGH] });

  test("answers the same calls in the same way in two labs", async () => {
    const runs: number[][] = [];
    for (let run = 0; run < 2; run++) await within(rough(), async (lab) => void runs.push(await statuses(lab)));
    assert.deepEqual(runs[0], runs[1]);
    assert.deepEqual([...new Set(runs[0])].sort(), [200, 503]);
  });

  test("answers one node alike, whatever another was asked in between", async () => {
    const runs: number[][] = [];
    for (const between of [0, 5])
      await within(rough(), async (lab) => {
        await statuses(lab, SUB, between);
        runs.push(await statuses(lab));
      });
    assert.deepEqual(runs[0], runs[1]);
  });

  test("lets a client of the command line through that tries four times", () =>
    within(startNodes({ faults: [{ fault: "dropped connection", interface: "ssh", rate: 1 }] }), async (lab) => {
      const tries: boolean[] = [];
      for (let attempt = 0; attempt < 4; attempt++)
        tries.push(
          await CliClient.once(lab.node(PUB), "show version active").then(
            () => true,
            () => false,
          ),
        );
      assert.deepEqual(tries, [false, false, false, true]);
    }));

  test("lets a caller of Control Center through that tries four times, whatever the fault is", () =>
    within(startNodes({ faults: [{ fault: "exceeded rate", rate: 1 }, { fault: "unavailable", interface: "soap", rate: 0.5 }] }), async (lab) => {
      const failed: boolean[] = [];
      for (let call = 0; call < 12; call++) failed.push((await soapStatus(lab)) !== 200);
      assert.equal(longest(failed), 3);
    }));
});
