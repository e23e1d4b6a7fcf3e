// A password is changed on the platform: the next refresh and destroy use the new one. A variable is read anew in every run; what stands in the
// stack configuration, Pulumi takes from the state of the last up, unless the program runs too.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type ClusterConnection, type Lab, startLab } from "../../lab";
import { chainOf, cluster, IMP, PUB, SUB } from "../support/a1";
import { TestStack } from "../support/stack";

const CONNECTION = "uccerts:connections";

describe("after a rotation", () => {
  let lab: Lab, stack: TestStack, rotations = 0;
  before(async () => {
    lab = await startLab();
    const certificate = JSON.stringify(chainOf(lab)[0]);
    const trust = (name: string, fqdn: string, store: string) => `new uccerts.TrustCertificate("${name}", { node: hq.node("${fqdn}"), store: "${store}", certificatePem: ${certificate}, verify: "node" });`;
    stack = await TestStack.create({ lab, program: `${cluster()} ${trust("a", PUB, "tomcat-trust")} ${trust("b", SUB, "CallManager-trust")}`, connections: {} });
    // The publisher's password is encrypted in the stack, the subscriber's is in a variable.
    const hq = connectionsOf(lab).hq as ClusterConnection;
    const { username, password } = hq.osAdministrator;
    stack.env.APP_PASSWORD = hq.applicationUser.password;
    const value = { hq: { ...hq, applicationUser: { ...hq.applicationUser, password: { env: "APP_PASSWORD" } }, osAdministrator: { username, password: { env: "OS_PASSWORD" } }, nodes: { [PUB]: { osAdministrator: { username } } } } };
    const set = await stack.run("config", "set-all", "--json", JSON.stringify({ [CONNECTION]: { objectValue: value, value: JSON.stringify(value) } }));
    assert.equal(set.code, 0, set.output);
    await tell(password);
    assert.equal((await stack.up()).code, 0);
  });
  after(async () => {
    stack.dispose();
    await lab.stop();
  });

  /** Puts a password where the runs take it from. */
  async function tell(password: string): Promise<void> {
    stack.secrets.add(password);
    stack.env.OS_PASSWORD = password;
    const { code, output } = await stack.run("config", "set", "--secret", "--path", `${CONNECTION}.hq.nodes["${PUB}"].osAdministrator.password`, password);
    assert.equal(code, 0, output);
  }

  /** The platform's password is another one from now on. */
  function rotate(): string {
    const password = `Rotated!${++rotations}-${"x".repeat(8)}`;
    lab.clusters[0]!.osAdministrator.password = password;
    stack.secrets.add(password);
    return password;
  }

  const failed = (mark: number) => lab.history.since(mark).filter(({ action }) => action === "log-in failed").map(({ node, outcome }) => `${node}: ${outcome}`);

  it("a refresh that does not know yet fails with one refused log-in on each node and says where", async () => {
    rotate();
    const mark = lab.history.mark();
    const { code, output } = await stack.refresh();
    assert.notEqual(code, 0, output);
    assert.match(output, new RegExp(`${PUB}: [^\\n]*the log-in was refused`));
    assert.deepEqual(failed(mark).sort(), [PUB, SUB, IMP].map((fqdn) => `${fqdn}: refused`).sort());
  });

  it("a refresh with the old password of the state says what to add", async () => {
    await tell(rotate());
    const mark = lab.history.mark();
    const { code, output } = await stack.refresh();
    assert.notEqual(code, 0, output);
    assert.match(output, /add --run-program to refresh or destroy/);
    assert.deepEqual(failed(mark), [`${PUB}: refused`], "the other nodes take theirs from a variable");
  });

  it("a refresh that runs the program uses the new password, encrypted in the stack or in a variable", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.refresh("--run-program");
    assert.equal(code, 0, output);
    assert.deepEqual(failed(mark), []);
    assert.ok(lab.history.since(mark).some(({ node, interface: at }) => node === PUB && at === "rest"), "the publisher was asked");
  });

  it("a destroy that runs the program uses the new password, and removes what was made", async () => {
    await tell(rotate());
    const mark = lab.history.mark();
    const { code, output } = await stack.destroy("--run-program");
    assert.equal(code, 0, output);
    assert.deepEqual(failed(mark), []);
    assert.deepEqual(stack.ofKind("TrustCertificate"), []);
    const deleted = lab.history.since(mark).filter(({ action }) => action.startsWith("delete trust")).map(({ node, detail }) => `${node} ${String(detail.store)}`);
    assert.deepEqual(deleted.sort(), [`${PUB} CallManager-trust`, `${PUB} tomcat-trust`], output);
    const root = chainOf(lab)[0]!;
    for (const { fqdn, store } of lab.clusters[0]!.nodes)
      for (const name of ["tomcat-trust", "CallManager-trust"]) assert.deepEqual(store.entries(name).filter(({ certificate: { pem } }) => pem.trim() === root.trim()), [], `${fqdn} ${name}`);
  });
});
