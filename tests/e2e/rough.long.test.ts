// Every scenario at 5 % and at 20 % of faults per request. Each at 20 % with one seed, A1 whole; UCCERTS_ROUGH=all plays the whole product (docs/faults.md).
import { describe, test } from "node:test";
import { RATES, SEEDS } from "../support/rough";
import { HOST_SCENARIOS, playOnHosts } from "../support/rough-hosts";
import { play, SCENARIOS } from "../support/rough-scenarios";

const ALL = process.env.UCCERTS_ROUGH === "all";

for (const [index, rate] of RATES.entries())
  describe(`on a lab that fails ${rate * 100} % of all requests`, { concurrency: 2, timeout: 14 * 60_000 }, () => {
    for (const scenario of SCENARIOS)
      for (const seed of ALL ? SEEDS : scenario.seeds[index]!) test(`${scenario.name} ends well, with nothing done twice, and finds nothing to do afterwards (seed ${seed})`, () => play(scenario, rate, seed));
    for (const scenario of HOST_SCENARIOS)
      for (const seed of ALL ? SEEDS : scenario.seeds[index]!) test(`${scenario.name} ends well, with no restart done twice and whole stores, and finds nothing to do afterwards (seed ${seed})`, () => playOnHosts(scenario, rate, seed));
  });
