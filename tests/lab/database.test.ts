import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { querySql, runSql, SqlError, sqlLines, sqlTable } from "../../lab/vos/database";
import { PRESENCE, PUBLISHER, startSoapLab, SUBSCRIBER } from "../support/soap-lab";

const TAC_INVENTORY = `select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate from certificate as c
  inner join certificateservicecertificatemap as cscm on c.pkid = cscm.fkcertificate
  inner join typecertificateservice as tcs on cscm.tkcertificateservice = tcs.enum
  inner join typecertificatedistribution as dist on c.tkcertificatedistribution = dist.enum`;

describe("the database of a cluster", () => {
  let lab: Lab;
  const sql = (text: string) => runSql(lab.cluster("hq"), text);
  before(async () => {
    lab = await startSoapLab();
  });
  after(() => lab.stop());

  test("processnode begins with the pseudo node and tells role and usage", async () => {
    const rows = await sql("select nodeid, name, tknodeusage, tkprocessnoderole, systemnode from processnode order by nodeid");
    assert.deepEqual(rows, [
      { nodeid: "1", name: "EnterpriseWideData", tknodeusage: "1", tkprocessnoderole: "1", systemnode: "t" },
      { nodeid: "2", name: PUBLISHER, tknodeusage: "0", tkprocessnoderole: "1", systemnode: "f" },
      { nodeid: "3", name: SUBSCRIBER, tknodeusage: "1", tkprocessnoderole: "1", systemnode: "f" },
      { nodeid: "4", name: PRESENCE, tknodeusage: "0", tkprocessnoderole: "2", systemnode: "f" },
    ]);
  });

  test("the role of a node has a name", async () => {
    const rows = await sql("select p.name as name, r.name as role from processnode p left join typeprocessnoderole r on r.enum = p.tkprocessnoderole where p.nodeid > 3");
    assert.deepEqual(rows, [{ name: PRESENCE, role: "CUCM IM and Presence" }]);
  });

  test("columns come in the order of the platform", async () => {
    const [row] = await sql("select * from processnode");
    const names = "pkid name mac systemnode description isactive nodeid tknodeusage ipv6name fklbmhubgroup tkprocessnoderole tkssomode";
    assert.equal(Object.keys(row!).join(" "), names);
  });

  test("processconfig holds the security mode and the rollback parameter", async () => {
    const rows = await sql("select paramname, paramvalue from processconfig where paramname in ('ClusterSecurityMode','RollBackToPreGrayback') order by paramname");
    assert.deepEqual(rows, [
      { paramname: "ClusterSecurityMode", paramvalue: "0" },
      { paramname: "RollBackToPreGrayback", paramvalue: "F" },
    ]);
  });

  test("a parameter that was changed is changed in the next answer", async () => {
    lab.cluster("hq").parameters.set("Cluster Security Mode", "1");
    const rows = await sql('select paramvalue from processconfig where paramname="ClusterSecurityMode"');
    lab.cluster("hq").parameters.set("Cluster Security Mode", "0");
    assert.deepEqual(rows, [{ paramvalue: "1" }]);
  });

  test("tkssomode says for each node whether SAML SSO is on", async () => {
    lab.node(SUBSCRIBER).health.sso = true;
    const rows = await sql("select p.name, t.name as mode from processnode p join typessomode t on p.tkssomode = t.enum where p.tkssomode <> 0");
    lab.node(SUBSCRIBER).health.sso = false;
    assert.deepEqual(rows, [{ name: SUBSCRIBER, mode: "SAML" }]);
  });

  test("the inventory of TAC names every identity of CUCM with its node", async () => {
    const rows = await sql(`${TAC_INVENTORY} where tcs.name = 'CallManager' order by c.servername`);
    assert.deepEqual(rows.map(({ servername, ipv4address }) => [servername, ipv4address]), [[PUBLISHER, "10.0.0.11"], [SUBSCRIBER, "10.0.0.12"]]);
    const own = lab.node(PUBLISHER).store.identities.get("CallManager")!.certificate.pem;
    assert.equal(rows[0]!.certificate, own);
  });

  test("a certificate that is identity and trust is one row with two services", async () => {
    const { serial } = lab.node(PUBLISHER).store.identities.get("tomcat")!.certificate;
    const rows = await sql(`select B.tkcertificateservice from certificate A, certificateservicecertificatemap B where B.fkcertificate=A.pkid and A.serialnumber = '${serial}' order by 1`);
    assert.deepEqual(rows.map((row) => row.tkcertificateservice), ["5", "6"]);
  });

  test("a trust certificate that is deleted is gone from the table", async () => {
    const node = lab.node(PUBLISHER);
    const [entry] = node.store.entries("CAPF-trust");
    const count = async () => (await sql("select count(*) from certificateservicecertificatemap where tkcertificateservice = 10"))[0]!["(count)"];
    assert.equal(await count(), "1");
    node.store.remove("CAPF-trust", entry!.fileName);
    assert.equal(await count(), "0");
  });

  test("skip and first page as in Informix", async () => {
    assert.deepEqual(await sql("select skip 1 first 2 name from processnode order by nodeid"), [{ name: PUBLISHER }, { name: SUBSCRIBER }]);
  });

  test("like tells case apart", async () => {
    assert.deepEqual(await sql("select name from processnode where name like 'CS-%'"), []);
  });

  test("names of columns come back in lower case", async () => {
    assert.deepEqual(await sql("select Name as Server_Name from ProcessNode where NodeID = 2"), [{ server_name: PUBLISHER }]);
  });

  const refusals: [what: string, text: string, code: number, words: RegExp][] = [
    ["a table that is not there", "select * from nope", -206, /^The specified table \(nope\) is not in the database\.$/],
    ["a column that is not there", "select foo from processnode", -217, /^Column \(foo\) not found in any table/],
    ["half a sentence", "select from where", -201, /^A syntax error has occurred\.$/],
    ["two statements in one", "select name from processnode; select 1", -201, /^A syntax error/],
    ["a change", "update processnode set tkssomode='2'", -1, /"update" is not emulated/],
    ["two columns with one name", "select a.name, b.name from processnode a, processnode b", -1, /Two columns are called name/],
  ];
  for (const [what, text, code, words] of refusals)
    test(`${what} is refused`, async () => {
      await assert.rejects(sql(text), (error) => error instanceof SqlError && error.code === code && words.test(error.message));
    });

  test("the CLI's table has a header, a line of = and the rows", async () => {
    const rows = await sql("select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'");
    assert.deepEqual(sqlTable(rows), ["paramname           paramvalue", "=================== ==========", "ClusterSecurityMode 0"]);
  });

  test("the CLI's table shows nulls, and the header of an empty answer", async () => {
    const cluster = lab.cluster("hq");
    assert.deepEqual(sqlLines(await querySql(cluster, "select fklbmhubgroup from processnode where nodeid=1")), ["fklbmhubgroup", "=============", "NULL"]);
    assert.deepEqual(sqlLines(await querySql(cluster, "select name from processnode where nodeid=99")), ["name", "===="]);
    assert.deepEqual(sqlTable([]), []);
  });
});
