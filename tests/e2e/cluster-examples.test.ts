// The examples of clusters that trust each other, each played on the lab as it stands.
import { after, before, describe, test } from "node:test";
import { Stage } from "../support/examples";

describe("an example of clusters", { timeout: 300_000 }, () => {
  let stage: Stage;
  before(() => {
    stage = new Stage();
  });
  after(() => stage.remove());

  const cases: [name: string, says: RegExp][] = [
    ["cluster-bulk-exchange", /bulk export +old-pub\.example\.com[^]*bulk consolidation +old-pub\.example\.com[^]*bulk import +new-pub\.example\.com/],
    ["callmanager-renewal", /CTL file[^]*restart Cisco Tftp[^]*restart Cisco CallManager/],
    ["phone-migration", /preflight of 24 phones and 4 nodes +dc1, dc2[^]*set DHCP option 150 to 10\.2\.0\.11 and 10\.2\.0\.12[^]*reset SEP\w+, until they are registered with dc2[^]*reset 10 phones/],
  ];
  for (const [name, says] of cases) test(`${name}: shows the plan, does the work, and has nothing left to do`, () => stage.play(name, says));
});
