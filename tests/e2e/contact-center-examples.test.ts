// The examples of a contact centre, each played on the lab as it stands.
import { Stage } from "../support/examples";
import { after, before, describe, test } from "../support/hosts-test";

describe("an example of a contact centre", { timeout: 600_000 }, () => {
  let stage: Stage;
  before(() => {
    stage = new Stage();
  });
  after(() => stage.remove());

  const cases: [name: string, says: RegExp][] = [
    ["contact-center-core", /restart Apache Tomcat +aw-a\.example\.com[^]*restart Apache Tomcat +aw-b\.example\.com/],
    ["contact-center-cvp", /restart the server +csa\.example\.com[^]*restart the server +csb\.example\.com/],
  ];
  for (const [name, says] of cases) test(`${name}: shows the plan, does the work, and has nothing left to do`, () => stage.play(name, says));
});
