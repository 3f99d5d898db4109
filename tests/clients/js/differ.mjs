// The other side of folding: random data of the four views, and a delta between any two. Written for tests, from
// docs/PROTOCOL.md alone.

import { hashOf } from "../../../clients/js/src/btpay-client.js";

const merchants = ["Lidl", "Mega Image", "Țuică & co", "", null, "😀", "McDonald's", "__proto__", "constructor"];
const amount = (random) => random.below(1e7) / 100 - 1000;

const item = (random) => ({ id: random.below(40), merchant: random.pick(merchants), amount: amount(random) });
const list = (random, longest) => Array.from({ length: random.below(longest + 1) }, () => item(random));

export const randomData = {
  dashboard: (random) => ({
    pending_count: random.below(9),
    today_amount: amount(random),
    ...(random.below(2) ? { month_merchants: random.below(9) } : {}),
    top_merchants: list(random, 5),
    recent_transactions: list(random, 10),
  }),
  pending: (random) => list(random, 20),
  hourly: (random) => Array.from({ length: 24 }, (_, i) => ({ hour: `${i}:00`, count: random.below(3), amount: amount(random) })),
  categories: (random) =>
    Object.fromEntries(list(random, 8).map(({ merchant }) => [String(merchant), { today: { count: random.below(3), amount: amount(random) } }])),
};

// Data near the data before: what changes in a day of payments.
export function nearby(view, before, random) {
  const after = structuredClone(before);
  const other = randomData[view](random);
  if (view === "hourly") return after.slice(random.below(25)).concat(other).slice(0, 24);
  if (view === "pending") return mixed(after, other, random, 20);
  const kept = Object.entries(after).filter(() => random.below(5));
  const taken = Object.entries(other).filter(() => !random.below(3));
  return Object.fromEntries(new Map([...kept, ...taken]));
}

function mixed(before, other, random, longest) {
  return before
    .filter(() => random.below(6))
    .flatMap((kept) => (random.below(6) || !other.length ? [kept] : [other.pop(), kept]))
    .slice(0, longest);
}

const same = (a, b) => hashOf(a) === hashOf(b);

// The longest common part stays; all else is taken out and put in.
export function listChanges(before, after) {
  const common = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i][j] = same(before[i], after[j]) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const removed = [];
  const added = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && same(before[i], after[j])) i++, j++;
    else if (j === after.length || (i < before.length && common[i + 1][j] >= common[i][j + 1])) removed.unshift(i++);
    else added.push([j, after[j++]]);
  }
  return { ...(removed.length ? { removed } : {}), ...(added.length ? { added } : {}) };
}

function members(before, after) {
  const set = new Map();
  const lists = new Map();
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (old !== undefined && same(old, value)) continue;
    if (Array.isArray(value) && Array.isArray(old)) lists.set(name, listChanges(old, value));
    else set.set(name, value);
  }
  const unset = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return {
    ...(set.size ? { set: Object.fromEntries(set) } : {}),
    ...(lists.size ? { lists: Object.fromEntries(lists) } : {}),
    ...(unset.length ? { unset } : {}),
  };
}

function cells(before, after) {
  const cost = (shift) => after.filter((cell, i) => i + shift >= before.length || !same(before[i + shift], cell)).length;
  const shifts = Array.from({ length: 25 }, (_, shift) => shift);
  const shift = shifts.reduce((best, next) => (cost(next) < cost(best) ? next : best));
  const changed = after.map((cell, i) => [i, cell]).filter(([i, cell]) => i + shift >= before.length || !same(before[i + shift], cell));
  return { ...(shift ? { shift } : {}), ...(changed.length ? { cells: changed } : {}) };
}

const differs = { dashboard: members, categories: members, pending: listChanges, hourly: cells };

// What takes the data of a view from `before` to `after`.
export const difference = (view, before, after) => differs[view](before, after);
