import assert from "node:assert/strict";
import { Agent } from "node:https";
import { describe, test } from "node:test";
import type { AxiosInstance } from "axios";
import { NtlmClient } from "axios-ntlm";
import type { Authority } from "../../lab/certsrv/authority";
import { describe as read } from "../../lab/pki/read";
import { ask, authorityLab, basic, csr, form, within } from "./certsrv-support";

/** A client of NTLM with one connection, as the library has it. */
function ntlmClient(ca: Authority, password = ca.credential.password, domain = ca.credential.domain): { client: AxiosInstance; agent: Agent } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: ca.roots, servername: ca.fqdn });
  const client = NtlmClient({ username: ca.credential.username, password, domain, workstation: "TEST" }, { baseURL: ca.url, httpsAgent: agent, headers: { "user-agent": "Mozilla/5.0" } });
  return { client, agent };
}

/** A third message with the 24 bytes of NTLMv1 as LM and as NT response. */
function oldAnswer(domain: string, username: string): Buffer {
  const head = Buffer.alloc(64);
  head.write("NTLMSSP\0\x03", "latin1");
  const fields = [Buffer.alloc(24, 1), Buffer.alloc(24, 2), Buffer.from(domain, "utf16le"), Buffer.from(username, "utf16le"), Buffer.alloc(0), Buffer.alloc(0)];
  let offset = head.length;
  for (const [index, value] of fields.entries()) {
    head.writeUInt16LE(value.length, 12 + index * 8);
    head.writeUInt32LE(offset, 16 + index * 8);
    offset += value.length;
  }
  head.writeUInt32LE(1, 60);
  return Buffer.concat([head, ...fields]);
}

describe("logging in", () => {
  test("without a credential the 401 offers what IIS is configured for", () =>
    within(authorityLab(), async (ca) => {
      const { status, headers } = await ask(ca, "");
      assert.deepEqual([status, headers["www-authenticate"]], [401, 'NTLM, Basic realm="ca.example.com"']);
    }));

  test("a wrong password is refused and never locks the account", () =>
    within(authorityLab(), async (ca, lab) => {
      for (let attempt = 0; attempt < 4; attempt++) assert.equal((await ask(ca, "", { headers: basic(ca, "x") })).status, 401);
      assert.equal(lab.history.of("certsrv", "log-in failed").length, 4);
      assert.equal((await ask(ca, "", { headers: basic(ca) })).status, 200);
    }));

  test("the user principal name is the same account", () =>
    within(authorityLab(), async (ca) => {
      const text = `enroll@example.com:${ca.credential.password}`;
      assert.equal((await ask(ca, "", { headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` } })).status, 200);
    }));

  test("Basic is refused where only NTLM is offered", () =>
    within(authorityLab({ authentication: ["NTLM"] }), async (ca) => {
      const { status, headers } = await ask(ca, "", { headers: basic(ca) });
      assert.deepEqual([status, headers["www-authenticate"]], [401, "NTLM"]);
    }));

  test("a hardened server offers Negotiate and takes nothing else", () =>
    within(authorityLab({ authentication: ["Negotiate"] }), async (ca) => {
      for (const headers of [{}, basic(ca), { authorization: "NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=" }]) {
        const answer = await ask(ca, "", { headers });
        assert.deepEqual([answer.status, answer.headers["www-authenticate"]], [401, "Negotiate"]);
      }
    }));
});

describe("NTLM", () => {
  test("another library submits a request and fetches the certificate", () =>
    within(authorityLab({ authentication: ["NTLM"] }), async (ca, lab) => {
      const { client, agent } = ntlmClient(ca);
      const { data } = await client.post<string>("certfnsh.asp", new URLSearchParams(form(await csr())).toString());
      const id = /ReqID=(\d+)&/.exec(data)![1]!;
      const { data: pem } = await client.get<string>(`certnew.cer?ReqID=${id}&Enc=b64`);
      agent.destroy();
      assert.equal(read(pem).commonName, "pub.example.com");
      assert.deepEqual([ca.requests.length, ca.requests[0]!.requester], [1, "EXAMPLE\\enroll"]);
      assert.equal(lab.history.of("certsrv", "POST").filter(({ outcome }) => outcome === "ok").length, 1);
    }));

  test("the DNS name of the domain will do", () =>
    within(authorityLab(), async (ca) => {
      const { client, agent } = ntlmClient(ca, undefined, "example.com");
      assert.equal((await client.get("")).status, 200);
      agent.destroy();
    }));

  test("a wrong password is refused", () =>
    within(authorityLab(), async (ca, lab) => {
      const { client, agent } = ntlmClient(ca, "wrong");
      await assert.rejects(client.get(""), /401/);
      agent.destroy();
      assert.equal(lab.history.of("certsrv", "GET").at(-1)!.detail.refused, "wrong password");
    }));

  test("a connection that has logged in stays so, another one has not", () =>
    within(authorityLab({ authentication: ["NTLM"] }), async (ca) => {
      const { client, agent } = ntlmClient(ca);
      await client.get("");
      assert.equal((await ask(ca, "", { agent })).status, 200);
      agent.destroy();
      assert.equal((await ask(ca, "")).status, 401);
    }));

  test("the answer to a challenge is worth nothing on another connection", () =>
    within(authorityLab({ authentication: ["NTLM"] }), async (ca, lab) => {
      const { client, agent } = ntlmClient(ca);
      let answer = "";
      client.interceptors.request.use((config) => {
        answer = String(config.headers.get("Authorization") ?? "") || answer;
        return config;
      });
      await client.get("");
      agent.destroy();
      const { status } = await ask(ca, "", { headers: { authorization: answer } });
      assert.equal(status, 401);
      assert.equal(lab.history.of("certsrv", "GET").at(-1)!.detail.refused, "NTLM message out of order on this connection");
    }));

  test("an answer of the first version is refused", () =>
    within(authorityLab({ authentication: ["NTLM"] }), async (ca, lab) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: ca.roots, servername: ca.fqdn });
      await ask(ca, "", { agent, headers: { authorization: "NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=" } });
      const { status } = await ask(ca, "", { agent, headers: { authorization: `NTLM ${oldAnswer("EXAMPLE", "enroll").toString("base64")}` } });
      agent.destroy();
      assert.equal(status, 401);
      assert.equal(lab.history.of("certsrv", "GET").at(-1)!.detail.refused, "NTLMv1 or LM");
    }));
});
