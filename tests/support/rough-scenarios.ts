// The scenarios of the e2e tests on a rough lab, as a table: what is calm before, what is done, and what it may do on the devices.
import assert from "node:assert/strict";
import { connectionsOf, ESTATE_A1, type EstateDescription, type Lab, startLab } from "../../lab";
import { program, PUB, restarts, SUB, writes } from "./a1";
import { assertNoStorm, assertOnce, assertServed, ROUGH_TIMING, roughen, type Seed } from "./rough";
import { type Run, TestStack } from "./stack";
import { FAST, grownOld, RENEWED_AFTER_300_DAYS } from "./walk";

const NODES = ["cs-ccm-pub", "cs-ccm-sub"];
const FAMILY = NODES.flatMap((host) => ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"].map((service) => `${host}: ${service}`));
const DRF = ["cs-ccm-pub: Cisco DRF Master", ...["cs-ccm-pub", "cs-ccm-sub", "cs-imp"].map((host) => `${host}: Cisco DRF Local`)];
const ALL = [...FAMILY, "cs-imp: Cisco Tomcat", ...DRF, "cs-ccm-pub: Cisco Tftp"];
const OLD = ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"].map((host) => `${host}: Cisco Tomcat`).concat("cs-ccm-pub: Cisco Tftp");
const SECOND_ROUND = NODES.flatMap((host) => [`${host}: Cisco Tomcat`, `${host}: Cisco UDS Tomcat`]).concat("cs-imp: Cisco Tomcat");

/** A lab and a stack, calm until `rough`. */
export class Story {
  mark = 0;

  private constructor(
    readonly lab: Lab,
    readonly stack: TestStack,
    private readonly draw: { rate: number; seed: string },
  ) {}

  static async open(estate: EstateDescription, text: string, draw: { rate: number; seed: string }): Promise<Story> {
    const lab = await startLab({ ...estate, timing: FAST });
    try {
      return new Story(lab, await TestStack.create({ lab, program: text, timing: ROUGH_TIMING }), draw);
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** While everything works. */
  async calm(...args: string[]): Promise<void> {
    succeeded(await this.stack.up(...args));
    await this.lab.cluster("hq").settled();
    this.mark = this.lab.history.mark();
  }

  /** An `up` on the rough lab. */
  async rough(...args: string[]): Promise<Run> {
    const smooth = roughen(this.lab, this.draw.rate, this.draw.seed);
    const run = await this.stack.up(...args).finally(smooth);
    await this.lab.cluster("hq").settled();
    return run;
  }

  async close(): Promise<void> {
    await this.lab.stop();
    this.stack.dispose();
  }
}

/** A run that ended well; its whole output otherwise. */
export function succeeded(run: Run): Run {
  assert.equal(run.code, 0, run.output);
  return run;
}

/** One row of the table. */
export interface Scenario {
  name: string;
  estate?: EstateDescription;
  program?: string;
  /** Before it becomes rough. */
  before?: (story: Story) => Promise<void>;
  /** On the rough lab, with calm things in between. */
  act: (story: Story) => Promise<void>;
  restarts: readonly string[];
  requests: number;
  uploads: number;
  /** Seeds at 5 % and at 20 %; the whole product with UCCERTS_ROUGH=all. */
  seeds: readonly [Seed[], Seed[]];
}

const release = (text: string): Pick<Scenario, "estate" | "program"> => ({
  estate: { ...ESTATE_A1, clusters: ESTATE_A1.clusters.map((cluster) => ({ ...cluster, release: text })) },
  program: program().replace('release: "15"', `release: "${text}"`),
});
const up = async (story: Story) => void succeeded(await story.rough());

export const SCENARIOS: readonly Scenario[] = [
  { name: "A1 on release 15", act: up, restarts: ALL, requests: 1, uploads: 2, seeds: [["north", "east", "south"], ["north", "east", "south"]] },
  { name: "A1 on release 14", ...release("14SU3"), act: up, restarts: ALL, requests: 1, uploads: 2, seeds: [[], ["east"]] },
  {
    name: "A1 on release 12.5, by CLI, with a request that a person made",
    ...release("12.5(1)SU7"),
    act: async (story) => {
      await story.lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
      await up(story);
    },
    restarts: OLD,
    requests: 1,
    uploads: 2,
    seeds: [[], ["south"]],
  },
  {
    name: "a renewal that is due",
    program: program(RENEWED_AFTER_300_DAYS),
    before: async (story) => {
      await story.calm();
      story.stack.checkpoint = grownOld(story.stack.checkpoint);
    },
    act: up,
    restarts: ALL,
    requests: 1,
    uploads: 0,
    seeds: [[], ["north"]],
  },
  {
    name: "A2, SSO that is suspended, and switched on again by a person",
    estate: { ...ESTATE_A1, clusters: [{ ...ESTATE_A1.clusters[0]!, sso: true }] },
    program: program(`sso: "suspend",`),
    act: async (story) => {
      const pending = await story.rough();
      assert.notEqual(pending.code, 0, "only a person can switch SSO on");
      assert.match(pending.output, /Only a person can switch it on:/);
      await story.lab.cluster("hq").enableSso();
      await up(story);
    },
    // What the person does restarts Cisco Tomcat too.
    restarts: [...ALL, ...SECOND_ROUND, ...["cs-ccm-pub", "cs-ccm-sub", "cs-imp"].map((host) => `${host}: Cisco Tomcat`)],
    requests: 1,
    uploads: 2,
    seeds: [[], ["south"]],
  },
  {
    name: "A5, a node joins",
    program: program().replace(/nodes: \[[\s\S]*?\n {2}\]/, `nodes: await live.getClusterNodes("hq", { publisher: "${PUB}", release: "15" })`),
    before: async (story) => {
      await story.calm();
      await story.lab.addNode("hq", { fqdn: "cs-ccm-sub2.example.com", product: "CUCM", role: "subscriber" });
      await story.lab.cluster("hq").settled();
      story.stack.setConnections(connectionsOf(story.lab));
      story.mark = story.lab.history.mark();
    },
    act: up,
    restarts: [...ALL, ...FAMILY.filter((one) => one.startsWith("cs-ccm-sub:")).map((one) => one.replace("sub", "sub2")), "cs-ccm-sub2: Cisco DRF Local"],
    requests: 1,
    uploads: 0,
    seeds: [[], ["east"]],
  },
  {
    name: "A6, a signature that is pending for a while",
    estate: { ...ESTATE_A1, authorities: [{ name: "ca", fqdn: "ca.example.com", decision: "hold" }] },
    act: async (story) => {
      const pending = await story.rough();
      assert.notEqual(pending.code, 0, "the authority has to issue it");
      assert.match(pending.output, /ca: request 32 is pending: /);
      await story.lab.authority("ca").issue(32);
      await up(story);
    },
    restarts: ALL,
    requests: 1,
    uploads: 2,
    seeds: [[], ["north"]],
  },
  {
    name: "the repair of a drift: a node that is self-signed again",
    before: async (story) => {
      await story.calm();
      await story.lab.node(SUB).certificates.regenerate("tomcat");
      await story.lab.node(SUB).services.restart("Cisco Tomcat");
      await story.lab.cluster("hq").settled();
      story.stack.setConnections(connectionsOf(story.lab));
      story.mark = story.lab.history.mark();
    },
    act: async (story) => void succeeded(await story.rough("--refresh")),
    restarts: ALL,
    requests: 1,
    uploads: 0,
    seeds: [[], ["south"]],
  },
];

/** Plays one row once, from the start of a lab to an `up` that finds nothing to do. */
export async function play(scenario: Scenario, rate: number, seed: string): Promise<void> {
  const story = await Story.open(scenario.estate ?? ESTATE_A1, scenario.program ?? program(), { rate, seed });
  try {
    await scenario.before?.(story);
    await scenario.act(story);
    const { lab, mark } = story;
    assertServed(lab);
    assertOnce(lab, { since: mark, ...scenario });
    const done = lab.history.mark();
    const again = succeeded(await story.rough());
    assert.match(again.output, /\d+ unchanged\n/);
    assert.deepEqual([writes(lab, done), restarts(lab, done)], [[], []], "a second run changes nothing");
    assertNoStorm(lab, mark);
  } finally {
    await story.close();
  }
}
