// A28: the whole contact centre of A21, A24 and A25, and what happens when a Finesse node makes its certificate anew; on the real engine.
import assert from "node:assert/strict";
import { combined, connectionsOf, ESTATE_A21, ESTATE_A24, ESTATE_A25, type Lab, startLab } from "../../lab";
import { added, asked, attempts, coreAttempts, deedNames, distrusted, domain, entriesOf, exchangeStack, FAST_HOSTS } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import { storeOf } from "../support/windows-hosts";
import type { TestStack } from "../support/stack";

const ESTATE = combined("a28", { ...ESTATE_A21, timing: FAST_HOSTS }, ESTATE_A24, ESTATE_A25);
const FINESSE = domain("finesse-pub");
const AWS = ["awa", "awb"];
/** One of each kind that is not among those of the AWs and the core. */
const ACROSS = [...attempts(["awa"], ["finesse-sub"], [8443]), ...attempts(["awb"], ["cloudconnect-pub"], [8443]), ...attempts(["oamp"], ["csb"], [8111]), ...attempts(["oamp"], ["cloudconnect-sub"], [8443]), ...attempts(["csa", "repb"], ["oamp"], [8111])];

describe("A28, a renewal in the whole contact centre", { timeout: 900_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(ESTATE);
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });
  const finesse = () => attempts(AWS, ["finesse-pub"], [8443]);
  /** As a person does who renews it; whoever approves certificates has approved this one. */
  async function renew(): Promise<void> {
    await lab.node(FINESSE).certificates.regenerate("tomcat");
    await lab.node(FINESSE).services.restart("Cisco Tomcat");
    await lab.cluster("finesse").settled();
    stack.setConnections(connectionsOf(lab));
  }

  test("the exchange of everything with everything ends well", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(await distrusted(lab, [...coreAttempts(lab), ...finesse(), ...ACROSS]), []);
    assert.equal(new Set(deedNames(lab)).size, deedNames(lab).length, "nothing is done twice");
  });

  test("Apache Tomcat of each CCE host and each CVP server restarts once, AWs and OAMP first, the CVP Servers last, never two of a kind at a time", () => {
    for (const [what, names] of [["start Tomcat9", ["awa", "awb", "roggera", "pga", "roggerb", "pgb"]], ["restart server", ["oamp", "repa", "repb", "csa", "csb"]]] as const) {
      const restarts = lab.history.of("platform", what);
      assert.deepEqual(restarts.map(({ node }) => node), names.map(domain));
      restarts.slice(1).forEach((entry, index) => assert.ok(entry.at >= restarts[index]!.until!, `${entry.node} before ${restarts[index]!.node} was back`));
    }
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(asked(lab, mark), []);
  });

  test("a certificate that nobody has approved is not taken over: up says so, and changes nothing", async () => {
    const connections = connectionsOf(lab);
    await renew();
    stack.setConnections(connections);
    const mark = lab.history.mark();
    const { code, output } = await stack.up("--refresh");
    assert.notEqual(code, 0);
    assert.match(output, /finesse-pub\.example\.com: look at the certificate on port 8443: nobody has approved/);
    assert.deepEqual(deedNames(lab, mark), []);
  });

  test("an approved one that the port no longer presents is not imported (R115)", async () => {
    stack.setConnections(connectionsOf(lab));
    // The look at the port is taken over; before the import the node gets yet another one.
    const looked = await stack.up("--target", urn("ServedCertificate", "exchange-finesse-pub-tomcat"), "--refresh");
    assert.equal(looked.code, 0, looked.output);
    await renew();
    const [mark, before] = [lab.history.mark(), AWS.map((name) => storeOf(lab, domain(name)))];
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, /R115 finesse-pub\.example\.com: port 8443 presents [0-9A-F:]+, declared is [0-9A-F:]+/);
    assert.deepEqual([deedNames(lab, mark), AWS.map((name) => storeOf(lab, domain(name)))], [[], before]);
  });
  const urn = (kind: string, name: string) => stack.ofKind(kind).find((one) => one.urn.endsWith(`::${name}`))!.urn;

  test("a refresh and an up replace that one entry on both AWs, and restart only their Tomcat, one AW after the other", async () => {
    const [mark, before] = [lab.history.mark(), AWS.map((name) => entriesOf(lab, name))];
    assert.equal((await distrusted(lab, finesse())).length, 2);
    const { code, output } = await stack.up("--refresh");
    assert.equal(code, 0, output);
    assert.deepEqual(deedNames(lab, mark), AWS.flatMap((name) => [`import into ${name}`, `restart Tomcat9 on ${name}`]));
    assert.deepEqual([...new Set(output.match(/\w+\.example\.com: \S.*(new|replaced).*/g))].map((line) => line.replace(/:.*:/, ":")), AWS.map((name) => `${domain(name)}: 1 replaced (R114)`));
    AWS.forEach((name, index) => {
      const now = entriesOf(lab, name);
      assert.deepEqual(added(before[index]!, now), []);
      assert.deepEqual([...now].filter(([alias, what]) => before[index]!.get(alias) !== what).map(([alias]) => alias), [FINESSE], name);
    });
    assert.deepEqual(await distrusted(lab, [...coreAttempts(lab), ...finesse()]), []);
  });

  test("a further up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(asked(lab, mark), []);
  });
});
