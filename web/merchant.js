// One merchant: what was spent there in 90 days.

import "./frame.js";
import { barChart } from "./charts.js";
import { byId, fillTable, number } from "./dom.js";
import { amount, day, dayAndTime, payments, sum } from "./format.js";
import { allTransactions, byDay, counted, spent } from "./ledger.js";
import { categoryName, t } from "./words.js";

const days = 90;
const [, encoded] = /\/merchant\/([^/]+)\/?$/.exec(location.pathname) ?? [];
const name = decodeURIComponent(encoded ?? "");

byId("name").textContent = name;
document.title = `${name} – btpay`;

try {
  const rows = await allTransactions({ days, merchant: name });
  const spending = counted(rows).map(spent);
  byId("total").textContent = amount(sum(spending));
  byId("count").textContent = payments(spending.length);
  byId("average").textContent = spending.length ? amount(sum(spending) / spending.length) : "–";
  byId("largest").textContent = spending.length ? amount(Math.max(...spending)) : "–";
  const perDay = byDay(counted(rows), days);
  barChart(byId("chart")).draw(perDay.map(({ date }) => day(date)), perDay.map(({ total }) => total));
  fillTable(byId("rows"), rows, (row) => [
    dayAndTime(new Date(row.date)),
    row.description,
    categoryName(row.category),
    t(`status_${row.status}`),
    number(amount(spent(row), row.currency)),
  ]);
  byId("empty").hidden = rows.length > 0;
} catch (error) {
  byId("problem").textContent = error.status ? t("failed", { why: error.message }) : t("unreachable");
  byId("problem").hidden = false;
} finally {
  byId("main").removeAttribute("aria-busy");
}
