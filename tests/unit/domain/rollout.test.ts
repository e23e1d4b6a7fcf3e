import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { NodeName, Product, Purpose, Role } from "../../../domain/purposes";
import { inRestartOrder, type PlannedChange, type PlannedRestart, planRestarts, planSsoRound } from "../../../domain/rollout";
import { CLUSTER } from "../../support/facts";

const lines = (plan: readonly PlannedRestart[]) => plan.map(({ service, node }) => `${service} on ${node.fqdn.split(".")[0]}`);
const asking = ({ changes }: PlannedRestart) => changes.map(({ purpose }) => purpose).join();
const node = (fqdn: string, product: Product, role: Role): NodeName => ({ fqdn: `${fqdn}.example.com`, product, role });
const tomcat: PlannedChange[] = [{ purpose: "tomcat" }];

describe("tomcat of one CUCM publisher, one subscriber and one IM and Presence node", () => {
  const FAMILY = [
    "Cisco Tomcat on cs-ccm-pub",
    "Cisco UDS Tomcat on cs-ccm-pub",
    "Cisco AXL Tomcat on cs-ccm-pub",
    "Cisco SSOSP Tomcat on cs-ccm-pub",
    "Cisco Tomcat on cs-ccm-sub",
    "Cisco UDS Tomcat on cs-ccm-sub",
    "Cisco AXL Tomcat on cs-ccm-sub",
    "Cisco SSOSP Tomcat on cs-ccm-sub",
    "Cisco Tomcat on cs-imp",
    "Cisco SSOSP Tomcat on cs-imp",
  ];
  const DRF = ["Cisco DRF Master on cs-ccm-pub", "Cisco DRF Local on cs-ccm-pub", "Cisco DRF Local on cs-ccm-sub", "Cisco DRF Local on cs-imp"];
  const TFTP = ["Cisco Tftp on cs-ccm-pub", "Cisco Tftp on cs-ccm-sub"];
  const CALL_MANAGER = ["Cisco CallManager on cs-ccm-pub", "Cisco CallManager on cs-ccm-sub"];

  for (const release of ["14", "14SU3", "15SU2"])
    test(`at ${release}: node by node, then DRF, then Tftp`, () => {
      assert.deepEqual(lines(planRestarts(CLUSTER, release, tomcat)), [...FAMILY, ...DRF, ...TFTP]);
    });

  test("at 12.5: Cisco Tomcat on every node, then Tftp", () => {
    assert.deepEqual(lines(planRestarts(CLUSTER, "12.5(1)SU7", tomcat)), ["Cisco Tomcat on cs-ccm-pub", "Cisco Tomcat on cs-ccm-sub", "Cisco Tomcat on cs-imp", ...TFTP]);
  });

  test("where SIP OAuth is declared, CallManager as well, last of all", () => {
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", [{ purpose: "tomcat", uses: ["sip-oauth"] }])), [...FAMILY, ...DRF, ...TFTP, ...CALL_MANAGER]);
  });

  test("other uses do not restart CallManager", () => {
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", [{ purpose: "tomcat", uses: ["ldap-client", "mutual-tls"] }])), [...FAMILY, ...DRF, ...TFTP]);
  });

  test("of one server restarts on that node alone", () => {
    const only = CLUSTER[2]!;
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", [{ purpose: "tomcat", only }])), ["Cisco Tomcat on cs-imp", "Cisco SSOSP Tomcat on cs-imp", "Cisco DRF Local on cs-imp"]);
  });

  test("of two servers, each for its own change", () => {
    const changes = CLUSTER.slice(1).map((only): PlannedChange => ({ purpose: "tomcat", only }));
    const plan = planRestarts(CLUSTER, "15", changes);
    assert.deepEqual(lines(plan).filter((line) => /Cisco Tomcat|DRF/.test(line)), ["Cisco Tomcat on cs-ccm-sub", "Cisco Tomcat on cs-imp", "Cisco DRF Local on cs-ccm-sub", "Cisco DRF Local on cs-imp"]);
    for (const one of plan) assert.deepEqual(one.changes.map(({ only }) => only), [one.node]);
  });

  test("tomcat and tomcat-ECDSA together restart each service once, for both", () => {
    const plan = planRestarts(CLUSTER, "15", [{ purpose: "tomcat" }, { purpose: "tomcat-ECDSA" }]);
    assert.deepEqual(lines(plan), [...FAMILY, ...DRF, ...TFTP]);
    const alone = plan.filter((one) => asking(one) !== "tomcat,tomcat-ECDSA").map(({ service }) => service);
    assert.deepEqual([...new Set(alone)], ["Cisco SSOSP Tomcat", "Cisco Tftp"], "what only tomcat asks for");
  });
});

describe("service by service", () => {
  const PRESENCE = [node("imp-sub", "IM and Presence", "subscriber"), node("imp-pub", "IM and Presence", "publisher"), ...CLUSTER.slice(0, 2)];

  test("cup: SIP Proxy everywhere, then Presence Engine everywhere, then SIP Federation", () => {
    assert.deepEqual(lines(planRestarts(PRESENCE, "14", [{ purpose: "cup" }])), [
      "Cisco SIP Proxy on imp-pub",
      "Cisco SIP Proxy on imp-sub",
      "Cisco Presence Engine on imp-pub",
      "Cisco Presence Engine on imp-sub",
      "Cisco XCP SIP Federation Connection Manager on imp-pub",
      "Cisco XCP SIP Federation Connection Manager on imp-sub",
    ]);
  });

  test("cup-xmpp and cup-xmpp-s2s: XCP Router once everywhere, then XMPP Federation for s2s only", () => {
    const plan = planRestarts(PRESENCE, "14", [{ purpose: "cup-xmpp" }, { purpose: "cup-xmpp-s2s" }]);
    assert.deepEqual(lines(plan), [
      "Cisco XCP Router on imp-pub",
      "Cisco XCP Router on imp-sub",
      "Cisco XCP XMPP Federation Connection Manager on imp-pub",
      "Cisco XCP XMPP Federation Connection Manager on imp-sub",
    ]);
    assert.deepEqual(plan.map(asking), ["cup-xmpp,cup-xmpp-s2s", "cup-xmpp,cup-xmpp-s2s", "cup-xmpp-s2s", "cup-xmpp-s2s"]);
  });

  test("ipsec: DRF Master on the CUCM publisher, then DRF Local on every node", () => {
    assert.deepEqual(lines(planRestarts(PRESENCE, "14", [{ purpose: "ipsec" }])), [
      "Cisco DRF Master on cs-ccm-pub",
      "Cisco DRF Local on cs-ccm-pub",
      "Cisco DRF Local on cs-ccm-sub",
      "Cisco DRF Local on imp-pub",
      "Cisco DRF Local on imp-sub",
    ]);
  });
});

describe("what phones notice", () => {
  const on = (service: string, ...names: string[]) => names.map((name) => `${service} on ${name}`);
  const BOTH = ["cs-ccm-pub", "cs-ccm-sub"];
  const [tftp, callManager, cti, tvs, haProxy] = ["Cisco Tftp", "Cisco CallManager", "Cisco CTIManager", "Cisco Trust Verification Service", "Cisco HAProxy"].map((service) => on(service, ...BOTH)) as [string[], string[], string[], string[], string[]];

  test("CallManager: service by service, Tftp first; or Tftp after TVS; or HAProxy alone from 14SU1", () => {
    const changes: PlannedChange[] = [{ purpose: "CallManager" }];
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", changes)), [...tftp, ...callManager, ...cti, ...tvs, ...haProxy]);
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", changes, { tftp: "after TVS" })), [...callManager, ...cti, ...tvs, ...tftp, ...haProxy]);
    assert.deepEqual(lines(planRestarts(CLUSTER, "14SU1", changes, { list: "short" })), haProxy);
  });

  test("the short list leaves what CallManager-ECDSA asks for as it is", () => {
    assert.deepEqual(lines(planRestarts(CLUSTER, "15", [{ purpose: "CallManager" }, { purpose: "CallManager-ECDSA" }], { list: "short" })), [...haProxy, ...callManager]);
  });

  test("together with tomcat: Tomcat node by node, then what serves phones, each service once", () => {
    const plan = lines(planRestarts(CLUSTER, "15", [...tomcat, { purpose: "CallManager" }], { tftp: "after TVS" }));
    assert.deepEqual(plan.slice(plan.indexOf(callManager[0]!)), [...callManager, ...cti, ...tvs, ...tftp, ...haProxy, ...on("Cisco DRF Master", "cs-ccm-pub"), ...on("Cisco DRF Local", ...BOTH, "cs-imp")]);
  });
});

describe("Unity Connection", () => {
  test("tomcat: all six services of the publisher, then all six of the subscriber", () => {
    const unity = [node("cuc-sub", "Unity Connection", "subscriber"), node("cuc-pub", "Unity Connection", "publisher")];
    const services = ["Cisco Tomcat", "Connection IMAP Server", "Cisco DirSync", "Connection Jetty", "Connection SMTP", "Connection Conversation Manager"];
    assert.deepEqual(lines(planRestarts(unity, "14", tomcat)), ["cuc-pub", "cuc-sub"].flatMap((name) => services.map((service) => `${service} on ${name}`)));
  });
});

describe("what cannot be planned", () => {
  test("a purpose without a row", () => {
    assert.throws(() => planRestarts(CLUSTER, "10.5(2)", [{ purpose: "tomcat-ECDSA" }]), { message: "the restart matrix has no row for tomcat-ECDSA on these nodes at release 10.5(2)" });
  });

  test("a short list where the release has none", () => {
    assert.throws(() => planRestarts(CLUSTER, "12.5(1)SU7", [{ purpose: "CallManager" }], { list: "short" }), /has no short list of restarts \(R53\)/);
  });

  test("a purpose whose product is not among the nodes", () => {
    assert.throws(() => planRestarts(CLUSTER.slice(0, 2), "14", [{ purpose: "cup" }]), /has no row for cup/);
  });
});

describe("any cluster, any changes", () => {
  const KINDS = [["ccm", "CUCM"], ["imp", "IM and Presence"]] as const;
  const cluster = fc.record({ ccm: fc.nat(4), imp: fc.nat(3) }).map((subscribers) =>
    KINDS.flatMap(([name, product]) => [node(`${name}-pub`, product, "publisher"), ...Array.from({ length: subscribers[name] }, (_, index) => node(`${name}-sub${index}`, product, "subscriber"))]),
  );
  const PURPOSES: Purpose[] = ["tomcat", "tomcat-ECDSA", "ipsec", "cup", "cup-xmpp", "cup-xmpp-s2s"];
  const changes = fc.subarray(PURPOSES, { minLength: 1 }).chain((chosen) => fc.shuffledSubarray(chosen, { minLength: chosen.length })).map((chosen) => chosen.map((purpose): PlannedChange => ({ purpose, uses: ["sip-oauth"] })));
  const shuffled = cluster.chain((nodes) => fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })));
  const release = fc.constantFrom("14", "15SU2");

  test("restart each service at most once on each node", () => {
    fc.assert(fc.property(cluster, changes, release, (nodes, planned, at) => {
      const all = lines(planRestarts(nodes, at, planned));
      assert.deepEqual(all, [...new Set(all)]);
    }));
  });

  test("restart each service on the publisher before it is restarted on a subscriber of the same product", () => {
    fc.assert(fc.property(shuffled, changes, release, ([, nodes], planned, at) => {
      const plan = planRestarts(nodes, at, planned);
      for (const [index, one] of plan.entries())
        if (one.node.role === "publisher") assert.ok(!plan.slice(0, index).some((before) => before.service === one.service && before.node.product === one.node.product && before.node.role === "subscriber"), lines(plan).join("\n"));
    }));
  });

  test("restart each service on CUCM before IM and Presence", () => {
    fc.assert(fc.property(shuffled, changes, release, ([, nodes], planned, at) => {
      const plan = planRestarts(nodes, at, planned);
      for (const service of new Set(plan.map((one) => one.service))) {
        const products = plan.filter((one) => one.service === service).map(({ node: { product } }) => product);
        assert.deepEqual(products, [...products].sort());
      }
    }));
  });

  test("a node's Tomcat family is one block, and all families come before all else", () => {
    fc.assert(fc.property(shuffled, release, ([, nodes], at) => {
      const plan = planRestarts(nodes, at, [{ purpose: "ipsec" }, { purpose: "tomcat" }]);
      const family = plan.map(({ service, node: { fqdn } }) => (service.endsWith("Tomcat") ? fqdn : ""));
      const blocks = family.filter((fqdn, index) => fqdn !== family[index - 1]);
      assert.deepEqual(blocks, [...inRestartOrder(nodes).map(({ fqdn }) => fqdn), ""]);
    }));
  });

  test("order the same restarts, however the nodes were listed", () => {
    fc.assert(fc.property(shuffled, changes, release, ([nodes, other], planned, at) => {
      assert.deepEqual(lines(planRestarts(other, at, planned)).sort(), lines(planRestarts(nodes, at, planned)).sort());
    }));
  });

  test("keep the declared order of nodes of equal rank", () => {
    fc.assert(fc.property(shuffled, ([, nodes]) => {
      const ordered = inRestartOrder(nodes);
      for (const [product, role] of [["CUCM", "subscriber"], ["IM and Presence", "subscriber"]]) {
        const rank = (one: NodeName) => one.product === product && one.role === role;
        assert.deepEqual(ordered.filter(rank), nodes.filter(rank));
      }
    }));
  });

  test("name for each restart only the changes that ask for it", () => {
    fc.assert(fc.property(cluster, changes, release, (nodes, planned, at) => {
      for (const one of planRestarts(nodes, at, planned)) {
        const asking = planned.filter((change) => lines(planRestarts(nodes, at, [change])).includes(lines([one])[0]!));
        assert.deepEqual(one.changes, asking);
      }
    }));
  });

  test("restart the DRF Master before any DRF Local, on the CUCM publisher only", () => {
    fc.assert(fc.property(shuffled, changes, release, ([, nodes], planned, at) => {
      const drf = lines(planRestarts(nodes, at, planned)).filter((line) => line.includes("DRF"));
      assert.ok(drf.length === 0 || drf[0] === "Cisco DRF Master on ccm-pub");
      assert.ok(drf.slice(1).every((line) => line.startsWith("Cisco DRF Local")));
    }));
  });
});

describe("the second round, after SSO was switched on again", () => {
  const round = (release: string) => planSsoRound(CLUSTER, release).map(({ service, node: { fqdn } }) => `${service} on ${fqdn.split(".")[0]}`);

  test("is Cisco Tomcat and Cisco UDS Tomcat of each node before the next", () => {
    assert.deepEqual(round("15"), ["Cisco Tomcat on cs-ccm-pub", "Cisco UDS Tomcat on cs-ccm-pub", "Cisco Tomcat on cs-ccm-sub", "Cisco UDS Tomcat on cs-ccm-sub", "Cisco Tomcat on cs-imp"]);
  });

  test("has no Cisco UDS Tomcat before 14", () => {
    assert.deepEqual(round("12.5(1)SU7"), ["Cisco Tomcat on cs-ccm-pub", "Cisco Tomcat on cs-ccm-sub", "Cisco Tomcat on cs-imp"]);
  });
});

describe("tomcat of a cluster of the contact centre", () => {
  const TABLE: [Product, string[]][] = [
    ["Finesse", ["Cisco Tomcat on pub", "Cisco Finesse Tomcat on pub", "Cisco Tomcat on sub", "Cisco Finesse Tomcat on sub"]],
    ["CUIC", ["Cisco Tomcat on pub", "CCE Live Data NGINX Service on pub", "Cisco Tomcat on sub", "CCE Live Data NGINX Service on sub"]],
    ["IdS", ["Cisco Tomcat on pub", "Cisco Tomcat on sub"]],
    ["VVB", ["Cisco Tomcat on pub", "Cisco VVB Engine on pub", "Cisco Tomcat on sub", "Cisco VVB Engine on sub"]],
  ];
  for (const [product, wanted] of TABLE)
    test(`of ${product}: the publisher's services, then the subscriber's`, () => {
      assert.deepEqual(lines(planRestarts([node("sub", product, "subscriber"), node("pub", product, "publisher")], "12.6(2)", tomcat)), wanted);
    });
});
