import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault, FaultName, Lab } from "../../lab";
import { FAULTS } from "../../lab";
import { NEVER, PUB, startNodes, SUB, within } from "./support/estates";
import { basic, done, fetchFrom, fingerprintShown, refuses, rest } from "./support/node-client";
import { install, makeRoot, trust } from "./support/signer";

const CUT = /ECONNRESET|socket hang up/;
const QUESTION = { service: "tomcat", distribution: "multi-server" };

/** A lab with one fault on the publisher. */
const faulty = (fault: Fault, work: (lab: Lab) => Promise<void>) => within(startNodes({ faults: [{ node: PUB, ...fault }] }), work);

const struck = (lab: Lab, fault: FaultName) => lab.history.entries.filter(({ action }) => action === `fault: ${fault}`).length;

describe("a call of the certificate REST", () => {
  test("whose connection drops is not done", () =>
    faulty({ fault: "dropped connection", times: 1 }, async (lab) => {
      await assert.rejects(rest(lab.node(PUB), "POST /csr", QUESTION), CUT);
      assert.equal(lab.node(PUB).store.requests.size, 0);
      assert.equal(lab.history.of("rest", "POST /csr")[0]!.outcome, "dropped connection");
      await done(lab.node(PUB), "POST /csr", QUESTION);
    }));

  test("whose answer drops is done", () =>
    faulty({ fault: "dropped answer", action: "POST /csr", times: 1 }, async (lab) => {
      await assert.rejects(rest(lab.node(PUB), "POST /csr", QUESTION), CUT);
      const { csr } = await done(lab.node(PUB), "GET /csr?service=tomcat");
      assert.equal(csr, lab.node(SUB).store.requests.get("tomcat")!.pem);
    }));

  test("that is unavailable is answered 503 and not done", () =>
    faulty({ fault: "unavailable", times: 1 }, async (lab) => {
      assert.equal((await rest(lab.node(PUB), "POST /csr", QUESTION)).status, 503);
      assert.equal(lab.node(PUB).store.requests.size, 0);
    }));

  test("that is slow is answered after the time that was said", () =>
    faulty({ fault: "slow answer", milliseconds: 40, times: 1 }, async (lab) => {
      assert.equal((await rest(lab.node(PUB), "POST /csr", QUESTION)).status, 200);
      const { at, until } = lab.history.of("rest", "POST /csr")[0]!;
      assert.ok(until! - at >= 39, `${until! - at} ms`);
    }));

  test("that is never answered is not done, and ends with the lab", () =>
    faulty({ fault: "no answer", times: 1 }, async (lab) => {
      let answered = false;
      const asked = assert.rejects(rest(lab.node(PUB), "POST /csr", QUESTION).finally(() => (answered = true)), CUT);
      for (let looks = 0; struck(lab, "no answer") === 0 && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200, "others are answered");
      assert.equal(answered, false);
      assert.equal(lab.node(PUB).store.requests.size, 0);
      await lab.stop();
      await asked;
    }));
});

describe("a fault", () => {
  const PATHS = { rest: "/platformcom/api/v1/certmgr/config/snapshot/server", soap: "/controlcenterservice2/services/ControlCenterServices?wsdl", axl: "/axl/", https: "/ccmadmin" } as const;
  const statuses = (lab: Lab, fqdn = PUB) => {
    const { osAdministrator, applicationUser } = lab.cluster("hq");
    const ask = ([name, path]: [string, string]) => {
      const { username, password } = name === "rest" ? osAdministrator : applicationUser.credential;
      return fetchFrom(lab.node(fqdn), `GET ${path}`, undefined, { headers: basic(username, password) });
    };
    return Promise.all(Object.entries(PATHS).map(async (entry) => (await ask(entry)).status));
  };

  test("without an interface strikes at every one of the node, and at no other node", () =>
    faulty({ fault: "unavailable" }, async (lab) => {
      assert.deepEqual(await statuses(lab), [503, 503, 503, 503]);
      assert.equal((await rest(lab.node(SUB), "GET /snapshot/server")).status, 200);
    }));

  for (const [index, name] of (Object.keys(PATHS) as (keyof typeof PATHS)[]).entries())
    test(`of the interface ${name} strikes there only`, () =>
      faulty({ fault: "unavailable", interface: name }, async (lab) => assert.deepEqual(await statuses(lab), Object.keys(PATHS).map((_, at) => (at === index ? 503 : 200)))));

  test("of an action strikes at what holds its text only", () =>
    faulty({ fault: "unavailable", action: "snapshot" }, async (lab) => assert.deepEqual(await statuses(lab), [503, 200, 200, 200])));

  test("strikes as often as was said, and each time is in the history", () =>
    faulty({ fault: "unavailable", times: 2 }, async (lab) => {
      const seen: number[] = [];
      for (let call = 0; call < 4; call++) seen.push((await rest(lab.node(PUB), "GET /snapshot/server")).status);
      assert.deepEqual(seen, [503, 503, 200, 200]);
      const [first] = lab.history.entries.filter(({ action }) => action === "fault: unavailable");
      assert.deepEqual([struck(lab, "unavailable"), first!.node, first!.interface, first!.detail], [2, PUB, "rest", { on: "GET /snapshot/server" }]);
    }));

  test("can be switched off, alone or with all others", () =>
    within(startNodes(), async (lab) => {
      const off = lab.faults.add({ fault: "unavailable", node: PUB });
      lab.faults.add({ fault: "unavailable", node: SUB });
      off();
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200);
      assert.equal((await rest(lab.node(SUB), "GET /snapshot/server")).status, 503);
      lab.faults.clear();
      assert.equal((await rest(lab.node(SUB), "GET /snapshot/server")).status, 200);
    }));

  const refused: [what: string, fault: Fault, words: RegExp][] = [
    ["that is not known", { fault: "gremlins" as FaultName }, new RegExp(`no fault "gremlins"; it knows: ${Object.keys(FAULTS)[0]}`)],
    ["that lasts, with times", { fault: "node down", times: 1 }, /"node down" lasts until it is switched off: leave out `times`/],
    ["that lasts, with a rate", { fault: "replication broken", rate: 0.5 }, /"replication broken" lasts until it is switched off: leave out `rate`/],
    ["with half a time", { fault: "unavailable", times: 0.5 }, /`times` must be a whole number, 1 or more/],
    ["that strikes at more than everything", { fault: "unavailable", rate: 1.5 }, /`rate` must be above 0 and at most 1/],
  ];
  for (const [what, fault, words] of refused)
    test(`is refused ${what}`, () =>
      within(startNodes(), async (lab) => {
        assert.throws(() => lab.faults.add(fault), words);
        assert.deepEqual(lab.faults.list, []);
      }));
});

describe("a node that is down", () => {
  test("refuses both HTTPS ports, cuts what was open and serves as before when it is back", () =>
    within(startNodes(), async (lab) => {
      const before = await fingerprintShown(lab.node(PUB));
      lab.faults.add({ fault: "slow answer", node: PUB, milliseconds: 20, times: 1 });
      const open = assert.rejects(rest(lab.node(PUB), "GET /snapshot/server"), CUT);
      for (let looks = 0; struck(lab, "slow answer") === 0 && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      const back = lab.faults.add({ fault: "node down", node: PUB });
      await open;
      for (const port of ["https8443", "https443"] as const) assert.ok(await refuses(lab.node(PUB), port), port);
      back();
      assert.equal(await fingerprintShown(lab.node(PUB)), before);
    }));
});

describe("a service", () => {
  test("that does not come back stays STOPPED until it is started again", () =>
    faulty({ fault: "service stays down", action: "Cisco Tomcat", times: 1 }, async (lab) => {
      const { services } = lab.node(PUB);
      await services.restart("Cisco Tomcat");
      assert.deepEqual(["Cisco Tomcat", "Cisco HAProxy"].map((name) => [services.get(name)!.state, services.get(name)!.reason]), Array(2).fill(["STOPPED", "Component is not running"]));
      assert.ok(await refuses(lab.node(PUB)));
      await services.start("Cisco Tomcat");
      assert.equal(await refuses(lab.node(PUB)), false);
    }));

  test("that does not come back at all is STOPPED after every start", () =>
    faulty({ fault: "service stays down", action: "Cisco Tftp" }, async (lab) => {
      const { services } = lab.node(PUB);
      for (let start = 0; start < 3; start++) await services.start("Cisco Tftp");
      assert.equal(services.started("Cisco Tftp"), false);
      await services.restart("Cisco CallManager");
      assert.ok(services.started("Cisco CallManager"), "others do");
    }));

  test("comes up at the second try, each service for itself", () =>
    faulty({ fault: "service at second try" }, async (lab) => {
      const { services } = lab.node(PUB);
      for (const name of ["Cisco Tftp", "Cisco CTIManager"]) {
        await services.restart(name);
        assert.equal(services.started(name), false, name);
        await services.start(name);
        assert.ok(services.started(name), name);
      }
      await services.restart("Cisco Tftp");
      assert.equal(services.started("Cisco Tftp"), false, "and the next restart fails again");
    }));

  test("comes up with the certificate that it had", () =>
    faulty({ fault: "old certificate", action: "Cisco Tomcat", times: 1 }, async (lab) => {
      const pub = lab.node(PUB);
      const before = await fingerprintShown(pub);
      const { parsed } = await pub.certificates.regenerate("tomcat");
      await pub.services.restart("Cisco Tomcat");
      assert.equal(await fingerprintShown(pub), before);
      await pub.services.restart("Cisco Tomcat");
      assert.equal(await fingerprintShown(pub), parsed.fingerprint256);
    }));

  test("is STARTED while the product's page lags, as long as was said", () =>
    faulty({ fault: "page lags", milliseconds: NEVER, times: 1 }, async (lab) => {
      const page = async () => (await fetchFrom(lab.node(PUB), "GET /ccmadmin")).status;
      await lab.node(PUB).services.restart("Cisco Tomcat");
      assert.equal(await page(), 503);
      await lab.node(PUB).services.restart("Cisco Tomcat");
      assert.equal(await page(), 200);
    }));
});

describe("what a node does not get", () => {
  test("is the multi-server certificate, when the distribution skips it", () =>
    within(startNodes({ faults: [{ fault: "distribution skips node", node: SUB }] }), async (lab) => {
      const [pub, sub] = [lab.node(PUB), lab.node(SUB)];
      const before = sub.store.identities.get("tomcat")!.certificate;
      const { pem } = await install(pub, await trusted(lab));
      await lab.cluster("hq").settled();
      assert.equal(pub.store.identities.get("tomcat")!.certificate.pem.trim(), pem.trim());
      assert.equal(sub.store.identities.get("tomcat")!.certificate, before);
      assert.ok(sub.store.requests.has("tomcat"), "its request still waits");
    }));

  test("is a trust certificate, as long as replication to it lags", () =>
    within(startNodes({ faults: [{ fault: "replication lags", node: SUB, milliseconds: NEVER }] }), async (lab) => {
      await trust(lab.node(PUB), await makeRoot("Late Root"));
      const arrived = (fqdn: string) => lab.node(fqdn).store.entries("tomcat-trust").some(({ certificate }) => certificate.commonName === "Late Root");
      for (let looks = 0; !arrived("cs-imp.example.com") && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.ok(arrived("cs-imp.example.com"));
      assert.equal(arrived(SUB), false);
    }));
});

/** A root that every node trusts. */
async function trusted(lab: Lab) {
  const root = await makeRoot();
  await trust(lab.node(PUB), root);
  return root;
}
