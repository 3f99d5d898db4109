// A user's transactions, as the HTTP API lists them, and what to make of them. Amounts there are as on a statement: a
// purchase is negative; here, as everywhere on the pages, spending is positive.

import { askJson } from "./http.js";
import { sum } from "./format.js";

const path = "/finance/api/bt-pay/transactions/";
const pageRows = 500;
export const rowsMax = 10_000;

// `wanted`: {days, category, merchant, after, limit}; what is not there, or undefined, is not asked for.
export function listTransactions(wanted) {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null));
  return askJson(`${path}?${query}`);
}

// All of them, page by page, at most `rowsMax`.
export async function allTransactions(wanted) {
  const rows = [];
  let after;
  do {
    const page = await listTransactions({ ...wanted, limit: pageRows, after });
    rows.push(...page.transactions);
    after = page.next;
  } while (after && rows.length < rowsMax);
  return rows;
}

export const spent = (row) => -row.amount;

// What is counted: not what was matched with another or left out.
export const counted = (rows) => rows.filter((row) => row.status !== "duplicated" && row.status !== "ignored");

// A map from `keyOf(row)` to {total, count}, in the order in which the keys are met.
export function grouped(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return new Map([...groups].map(([key, some]) => [key, { total: sum(some.map(spent)), count: some.length }]));
}

// The last `days` local days, oldest first, each with its total: {date, total, count}.
export function byDay(rows, days) {
  const keyOf = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  const groups = grouped(rows, (row) => keyOf(new Date(row.date)));
  return Array.from({ length: days }, (_, index) => {
    const date = new Date();
    date.setHours(12, 0, 0, 0);
    date.setDate(date.getDate() - (days - 1 - index));
    return { date, ...(groups.get(keyOf(date)) ?? { total: 0, count: 0 }) };
  });
}
