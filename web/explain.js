// "Why this number?": the payments behind a figure, and that they add up to it. A figure is a button with the view and the
// field that it shows (`makeFigure`). What is asked about is the view as it stands here, whatever has happened since.

import { byId, element, fillTable, number } from "./dom.js";
import { amount, count, dayAndTime, sum } from "./format.js";
import { pastMoment } from "./past.js";
import { service } from "./service.js";
import { merchantPath } from "./views.js";
import { categoryName, t } from "./words.js";

const pageRows = 500;
const rowsMax = 5_000;

const dialog = byId("why");
let asked = 0;

document.addEventListener("click", ({ target }) => {
  const figure = target.closest("button[data-field]");
  if (figure) explain(figure.dataset);
});
byId("why-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

export async function explain({ view, field, name }) {
  const mine = ++asked;
  byId("why-name").textContent = name;
  byId("why-sum").textContent = t("loading");
  byId("why-sum").dataset.fits = "";
  byId("why-value").textContent = "";
  byId("why-rows").replaceChildren();
  if (!dialog.open) dialog.showModal();
  try {
    const explanation = await wholeExplanation(view, field);
    if (mine === asked) draw(field, explanation);
  } catch (error) {
    if (mine !== asked) return;
    byId("why-sum").textContent = t("failed", { why: error.message });
    byId("why-sum").dataset.fits = "unknown";
  }
}

function shownMoment(view) {
  const { seq, timestamp } = service.views[view];
  return pastMoment() ?? { seq, at: timestamp, later: true };
}

// All its pages, up to what a person may want to see; each of the same moment.
async function wholeExplanation(view, field) {
  const options = { limit: pageRows, ...shownMoment(view) };
  const first = await service.explain(view, field, options);
  const transactions = [...first.transactions];
  for (let { next } = first; next !== null && transactions.length < rowsMax; ) {
    const page = await service.explain(view, field, { ...options, after: next });
    transactions.push(...page.transactions);
    next = page.next;
  }
  return { ...first, transactions };
}

// By its name, since the amounts of a service that adds currencies up say none.
const isCount = (field) => /(^|[._])(count|transactions|merchants)$/.test(field);

function draw(field, { value, currency, count: all, amounts, transactions }) {
  const asMoney = !isCount(field);
  const shown = asMoney ? amount(value, currency) : count(value);
  byId("why-value").textContent = shown;
  fillTable(byId("why-rows"), transactions, (row) => [
    dayAndTime(new Date(row.date)),
    merchantLink(row),
    categoryName(row.category),
    number(amount(row.amount, row.currency)),
  ]);
  const fits = Math.abs(found(field, asMoney, all, transactions) - value) < 0.000_05;
  const what = asMoney ? "adds" : "counts";
  const total = Object.entries(amounts).map(([code, one]) => amount(one, code)).join(" + ");
  byId("why-sum").textContent =
    all === 0 && value === 0
      ? t("nothing_behind")
      : `${t("sum_of", { n: all })}: ${total} – ${t(`${what}_${fits ? "up" : "not"}`, { value: shown })}`;
  byId("why-sum").dataset.fits = fits;
}

// What the rows make, counted here; those that are not shown are taken at the service's word.
function found(field, asMoney, all, transactions) {
  if (field === "month_merchants") return new Set(transactions.map(({ merchant }) => merchant)).size;
  return asMoney ? sum(transactions.map((row) => row.amount)) : all;
}

function merchantLink({ merchant, description }) {
  if (!merchant?.trim()) return description || t("unknown_merchant");
  const link = element("a", "", merchant);
  link.href = merchantPath(merchant);
  link.title = description ?? "";
  return link;
}
