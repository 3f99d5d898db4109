// "Why this number?": the payments behind a figure, and that they add up to it. A figure is a button with the view and the
// field that it shows (`makeFigure`).

import { byId, element, fillTable, number } from "./dom.js";
import { amount, count, dayAndTime, sum } from "./format.js";
import { service } from "./service.js";
import { merchantPath } from "./views.js";
import { categoryName, t } from "./words.js";

const dialog = byId("why");
const counts = new Set(["pending_count", "today_transactions", "month_transactions", "month_merchants"]);

document.addEventListener("click", ({ target }) => {
  const figure = target.closest("button[data-field]");
  if (figure) explain(figure.dataset);
});
byId("why-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

export async function explain({ view, field, name }) {
  byId("why-name").textContent = name;
  byId("why-sum").textContent = t("loading");
  byId("why-sum").dataset.fits = "";
  byId("why-value").textContent = "";
  byId("why-rows").replaceChildren();
  if (!dialog.open) dialog.showModal();
  try {
    draw(field, await service.explain(view, field));
  } catch (error) {
    byId("why-sum").textContent = t("failed", { why: error.message });
  }
}

function draw(field, { value, currency, transactions }) {
  const asMoney = !counts.has(field);
  const shown = asMoney ? amount(value, currency) : count(value);
  byId("why-value").textContent = shown;
  fillTable(byId("why-rows"), transactions, (row) => [
    dayAndTime(new Date(row.date)),
    merchantLink(row),
    categoryName(row.category),
    number(amount(row.amount, currency)),
  ]);
  const total = sum(transactions.map((row) => row.amount));
  const merchants = new Set(transactions.map((row) => row.merchant)).size;
  const found = asMoney ? total : field === "month_merchants" ? merchants : transactions.length;
  const fits = Math.abs(found - value) < 0.000_05;
  const what = asMoney ? "adds" : "counts";
  byId("why-sum").textContent =
    transactions.length === 0 && value === 0
      ? t("nothing_behind")
      : `${t("sum_of", { n: transactions.length })}: ${amount(total, currency)} – ${t(`${what}_${fits ? "up" : "not"}`, { value: shown })}`;
  byId("why-sum").dataset.fits = fits;
}

function merchantLink({ merchant, description }) {
  if (!merchant?.trim()) return description || t("unknown_merchant");
  const link = element("a", "", merchant);
  link.href = merchantPath(merchant);
  link.title = description ?? "";
  return link;
}
