import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { spelling } from "../../../domain/services";

describe("the node's own spelling of a service", () => {
  test("is the text of the page where the node has that", () => {
    assert.equal(spelling("Cisco Tftp", ["Cisco Tomcat", "Cisco Tftp"]), "Cisco Tftp");
  });

  test("case does not count", () => {
    assert.equal(spelling("Cisco TFTP", ["Cisco Tftp"]), "Cisco Tftp");
  });

  test("DRF Master is DRF Primary on newer contact-centre nodes, and the other way round", () => {
    assert.equal(spelling("Cisco DRF Master", ["Cisco DRF Primary"]), "Cisco DRF Primary");
    assert.equal(spelling("Cisco DRF Primary", ["Cisco DRF Master"]), "Cisco DRF Master");
  });

  test("a service that the node does not have has no spelling", () => {
    assert.equal(spelling("Cisco DRF Master", ["Cisco DRF Local"]), undefined);
  });
});
