import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { couldBe, hasCertificateRest, isAtLeast, parseRelease } from "../../../domain/releases";

describe("what a release says", () => {
  const TABLE: [string, number, number, number | undefined, number | undefined][] = [
    ["15", 15, 0, undefined, undefined],
    ["14SU2", 14, 0, undefined, 2],
    ["14 su 2", 14, 0, undefined, 2],
    ["14SU2a", 14, 0, undefined, 2],
    ["12.5(1)SU3", 12, 5, 1, 3],
    ["12.5(1a)", 12, 5, 1, undefined],
    ["10.5(2)", 10, 5, 2, undefined],
    ["11.5", 11, 5, undefined, undefined],
    ["15.0.1.11900-40", 15, 0, 1, undefined],
    ["12.5.1.13900-152", 12, 5, 1, undefined],
  ];
  for (const [text, major, minor, maintenance, serviceUpdate] of TABLE)
    test(text, () => {
      assert.deepEqual(parseRelease(text), { major, minor, maintenance, serviceUpdate });
    });

  for (const text of ["", "latest", "v15", "15.", "15.0.1", "14SU", "SU2", "fifteen"])
    test(`"${text}" is none`, () => {
      assert.equal(parseRelease(text), undefined);
      assert.throws(() => isAtLeast(text, "14"), /is no release: write it as on the platform's page/);
    });
});

describe("which release is at least which", () => {
  const ASCENDING = ["8", "9.1(2)", "10.5(1)", "10.5(2)", "11.5(1)SU5", "12.0", "12.5(1)", "12.5(1)SU3", "12.5(1)SU7", "14", "14SU1", "14SU2", "14.0(1)SU3", "14SU4", "15", "15SU1", "15.0(1)SU2", "15SU5"];

  test("later releases of this list are at least the earlier ones, never the other way round", () => {
    ASCENDING.forEach((left, i) => ASCENDING.forEach((right, j) => assert.equal(isAtLeast(left, right), i >= j, `${left} at least ${right}`)));
  });

  test("the marketing name and the long name of a release are the same", () => {
    for (const [short, long] of [["14SU3", "14.0(1)SU3"], ["15", "15.0(1)"], ["12.5", "12.5(1)"]] as const) assert.ok(isAtLeast(short, long) && isAtLeast(long, short), `${short} and ${long}`);
  });

  test("a version of 15 does not pass for 15SU5, because it does not tell its service update", () => {
    assert.equal(isAtLeast("15.0.1.11900-40", "15SU5"), false);
    assert.equal(isAtLeast("15.0.1.11900-40", "15"), true);
  });

  const part = (max: number) => fc.integer({ min: 1, max });
  const release = fc.oneof(
    part(20).map((major) => `${major}`),
    fc.tuple(part(20), part(9)).map(([major, update]) => `${major}SU${update}`),
    fc.tuple(part(20), part(9), part(3), part(9)).map(([major, minor, maintenance, update]) => `${major}.${minor}(${maintenance})SU${update}`),
    fc.tuple(part(20), part(9), part(3)).map(([major, minor, maintenance]) => `${major}.${minor}.${maintenance}.10000-1`),
  );

  test("of two releases at least one is at least the other", () => {
    fc.assert(fc.property(release, release, (a, b) => isAtLeast(a, b) || isAtLeast(b, a)));
  });

  test("at least is passed on from release to release", () => {
    fc.assert(fc.property(release, release, release, (a, b, c) => !(isAtLeast(a, b) && isAtLeast(b, c)) || isAtLeast(a, c)));
  });

  test("every release is at least itself and could be itself", () => {
    fc.assert(fc.property(release, (a) => isAtLeast(a, a) && couldBe(a, a)));
  });

  test("could be is mutual", () => {
    fc.assert(fc.property(release, release, (a, b) => couldBe(a, b) === couldBe(b, a)));
  });
});

describe("whether a node can run the declared release", () => {
  const TABLE: [string, string, boolean][] = [
    ["15.0.1.11900-40", "15", true],
    ["15.0.1.11900-40", "15SU1", true],
    ["12.5.1.13900-152", "12.5(1)SU3", true],
    ["14.0.1.13900-155", "15", false],
    ["12.5.1.13900-152", "12", false],
    ["10.5.1.10000-7", "10.5(2)", false],
    ["14SU2", "14SU3", false],
    ["unknown", "15", false],
  ];
  for (const [version, declared, possible] of TABLE)
    test(`${version} can ${possible ? "" : "not "}be ${declared}`, () => {
      assert.equal(couldBe(version, declared), possible);
    });
});

describe("the certificate REST", () => {
  for (const [release, there] of [["12.5(1)SU9", false], ["13", false], ["14", true], ["14.0.1.10000-20", true], ["15SU2", true]] as const)
    test(`is ${there ? "" : "not "}there at ${release}`, () => assert.equal(hasCertificateRest(release), there));
});
