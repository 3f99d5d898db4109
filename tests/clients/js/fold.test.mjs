// Folding of deltas: what the differ of the tests takes apart, the client puts together.

import assert from "node:assert/strict";
import { test } from "node:test";

import { canonical, fold, Misfit } from "../../../clients/js/src/btpay-client.js";
import { difference, nearby, randomData } from "./differ.mjs";
import { seeded } from "./seed.mjs";

const views = ["dashboard", "pending", "hourly", "categories"];

for (const view of views) {
  test(`a delta between any two states of ${view} folds into the second`, () => {
    const random = seeded();
    for (let round = 0; round < 300; round++) {
      const before = randomData[view](random);
      const after = random.below(2) ? nearby(view, before, random) : randomData[view](random);
      const kept = canonical(before);
      // Over the wire, as in life.
      const delta = JSON.parse(JSON.stringify(difference(view, before, after)));
      assert.equal(canonical(fold(view, before, delta)), canonical(after));
      assert.equal(canonical(before), kept, "the data before is left as it was");
    }
  });
}

const misfits = [
  ["a removal beyond the list", "pending", [1, 2], { removed: [2] }],
  ["removals that do not fall", "pending", [1, 2, 3], { removed: [0, 1] }],
  ["an item beyond the end", "pending", [1], { added: [[3, 2]] }],
  ["an index that is no number", "pending", [1], { added: [["0", 2]] }],
  ["changes to a list that is not there", "dashboard", {}, { lists: { top_merchants: { removed: [0] } } }],
  ["a shift of more cells than there are", "hourly", [1], { shift: 2 }],
  ["a cell beyond the end", "hourly", [1], { shift: 1, cells: [[1, 2]] }],
];
for (const [what, view, data, delta] of misfits) {
  test(`${what} is a misfit`, () => assert.throws(() => fold(view, data, delta), Misfit));
}

test("a category may have any name", () => {
  const delta = JSON.parse('{"set":{"__proto__":{"today":1},"constructor":2}}');
  assert.equal(canonical(fold("categories", {}, delta)), '{"__proto__":{"today":1},"constructor":2}');
});
