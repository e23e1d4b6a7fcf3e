import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { decodeTvsAnswer, encodeTvsQuery, type TvsQuery, tvsMessageLength } from "../../../domain/tvs";
import { readQuestion, REMEMBERED, writeAnswer } from "../../../lab/tvs/messages";

const QUERY: TvsQuery = { id: 0x3e9, device: "SEP001122334455", subject: "CN=pub.example.com;O=Example", issuer: "CN=CA", serialNumber: "70CAF64E" };
const DER = Buffer.from("3082", "hex");
const ANSWER = writeAnswer(QUERY.id, { certificate: DER, roles: [0, 3] });

/** The answer with other bytes at a place. */
function changed(at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(ANSWER);
  copy.set(bytes, at);
  return copy;
}

/** An answer of these fields. */
function answer(...fields: [number, ...number[]][]): Buffer {
  const body = fields.flatMap(([tag, ...value]) => [tag, 0, value.length, ...value]);
  return Buffer.from([0x57, 1, 4, 1, 0, 0, 3, 0xe9, 0, body.length, ...body]);
}

describe("a question to TVS", () => {
  it("begins with 5701, its type, its id and the length of what follows", () => {
    const bytes = encodeTvsQuery(QUERY);
    assert.equal(bytes.subarray(0, 10).toString("hex"), `5701030000${"0003e9"}00${(bytes.length - 10).toString(16)}`);
  });

  it("names the device, subject, issuer and serial number", () => {
    const expected = `01 0010 01${Buffer.from("SEP001122334455").toString("hex")} 03 001d ${Buffer.from("CN=pub.example.com;O=Example\0").toString("hex")} 04 0006 ${Buffer.from("CN=CA\0").toString("hex")} 05 0004 70caf64e`;
    assert.equal(encodeTvsQuery(QUERY).subarray(10).toString("hex"), expected.replace(/ /g, ""));
  });

  it("is understood by a node, whatever it names", () => {
    const line = fc.stringMatching(/^[\w .=;-]{0,40}$/);
    const serialNumber = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("hex").toUpperCase());
    fc.assert(
      fc.property(fc.record({ id: fc.nat(0xffffffff), device: line, subject: line, issuer: line, serialNumber }, { noNullPrototype: true }), ({ serialNumber: serial, ...query }) => {
        assert.deepEqual(readQuestion(encodeTvsQuery({ ...query, serialNumber: serial })), { ...query, serial });
      }),
    );
  });

  it("has whole bytes of a serial number that is written without its leading zero", () => assert.equal(readQuestion(encodeTvsQuery({ ...QUERY, serialNumber: "ABC" }))?.serial, "0ABC"));
});

describe("an answer of TVS", () => {
  it("that knows the certificate has it, its roles and how long that holds", () => {
    assert.deepEqual(decodeTvsAnswer(ANSWER), { id: QUERY.id, found: true, certificate: DER, roles: [0, 3], secondsToLive: REMEMBERED });
  });

  it("that does not know it has the reason", () => assert.deepEqual(decodeTvsAnswer(writeAnswer(7, undefined)), { id: 7, found: false, reason: 1 }));
  it("needs neither roles nor a time, and may have more", () => assert.deepEqual(decodeTvsAnswer(answer([7, 0], [2, 48], [200, 1])), { id: QUERY.id, found: true, certificate: Buffer.of(48), roles: [] }));

  it("tells its length as soon as its header is there", () => {
    assert.deepEqual([tvsMessageLength(ANSWER.subarray(0, 9)), tvsMessageLength(ANSWER.subarray(0, 10))], [undefined, ANSWER.length]);
  });
});

describe("what is no answer of TVS", () => {
  const refused = (bytes: Uint8Array, text: string) => assert.throws(() => decodeTvsAnswer(bytes), { message: `the answer of TVS cannot be read: ${text}` });

  it("nothing, or another protocol", () => {
    refused(Buffer.alloc(0), "it begins with nothing, not with 5701");
    refused(Buffer.from("HTTP/1.1 400"), "it begins with 4854, not with 5701");
  });
  it("a header that is cut off", () => refused(ANSWER.subarray(0, 9), "it is cut off after 9 bytes, inside its header"));
  it("a body that is cut off, or followed by more", () => {
    refused(ANSWER.subarray(0, -1), `it is cut off: it has ${ANSWER.length} bytes and ${ANSWER.length - 1} are there`);
    refused(Buffer.concat([ANSWER, Buffer.of(0)]), "1 bytes follow it");
  });
  it("a question", () => refused(encodeTvsQuery(QUERY), "it is of type 3, and an answer of type 4"));
  it("a field that ends outside", () => refused(changed(12, 200), "it ends inside its field 7"));
  it("no reason, or one of two bytes", () => {
    refused(answer([2, 48]), "it has no reason (field 7)");
    refused(answer([7, 0, 0], [2, 48]), "its reason has 2 bytes instead of 1");
  });
  it("found, but no certificate", () => {
    refused(answer([7, 0]), "it has no certificate (field 2)");
    refused(answer([7, 0], [2]), "its certificate has 0 bytes");
  });
  it("a time that is none", () => refused(answer([7, 0], [2, 48], [9, 1]), "its time to live has 1 bytes instead of 4"));

  it("any bytes: an answer or one sentence", () => {
    const sentence = (bytes: Uint8Array) => {
      try {
        decodeTvsAnswer(bytes);
      } catch (error) {
        assert.match((error as Error).message, /^the answer of TVS cannot be read: (its?|\d+ bytes) /);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => sentence(Buffer.concat([ANSWER.subarray(0, 9), Buffer.of(tail.length), tail]))), { numRuns: 500 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), sentence));
  });
});
