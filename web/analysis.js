// Where the money goes: by day, category, weekday and merchant, over a period.

import "./frame.js";
import { barChart, ringChart } from "./charts.js";
import { byId, element, fillTable, number } from "./dom.js";
import { amount, day, payments, sum } from "./format.js";
import { allTransactions, byDay, counted, grouped, rowsMax, spent } from "./ledger.js";
import { merchantPath } from "./views.js";
import { categoryName, locale, t } from "./words.js";

const periods = [7, 30, 90, 365];
const merchantsMax = 15;
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });

const charts = {
  days: barChart(byId("days-chart"), { ticksMax: 10 }),
  categories: ringChart(byId("categories-chart")),
  weekdays: barChart(byId("weekdays-chart")),
};

const select = byId("days");
for (const n of periods) {
  const option = element("option", "", t("last_days", { n }));
  option.value = n;
  option.selected = n === 30;
  select.append(option);
}
select.addEventListener("change", show);

let asked = 0;

async function show() {
  const mine = ++asked;
  const days = Number(select.value);
  byId("main").setAttribute("aria-busy", "true");
  byId("problem").hidden = true;
  try {
    const rows = await allTransactions({ days });
    if (mine === asked) draw(counted(rows), days);
    if (rows.length >= rowsMax) tell(t("cut_off", { n: rowsMax }));
  } catch (error) {
    tell(error.status ? t("failed", { why: error.message }) : t("unreachable"));
  } finally {
    byId("main").removeAttribute("aria-busy");
  }
}

function tell(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = false;
}

const bySize = (groups) => [...groups].sort(([, a], [, b]) => b.total - a.total);

function draw(rows, days) {
  const total = sum(rows.map(spent));
  byId("total").textContent = amount(total);
  byId("count").textContent = payments(rows.length);
  byId("per-day").textContent = amount(total / days);
  byId("average").textContent = rows.length ? amount(total / rows.length) : "–";

  byId("empty").hidden = rows.length > 0;
  byId("charts").hidden = rows.length === 0;

  const perDay = byDay(rows, days);
  charts.days.draw(perDay.map(({ date }) => day(date)), perDay.map((one) => one.total));
  fillTable(byId("days-rows"), perDay.filter((one) => one.count > 0).reverse(), (one) => [day(one.date), payments(one.count), number(amount(one.total))]);

  const categories = bySize(grouped(rows, (row) => row.category ?? ""));
  charts.categories.draw(categories.map(([name]) => categoryName(name)), categories.map(([, one]) => Math.max(one.total, 0)));
  fillTable(byId("categories-rows"), categories, ([name, one]) => [categoryName(name), payments(one.count), number(amount(one.total))]);

  const perWeekday = grouped(rows, (row) => (new Date(row.date).getDay() + 6) % 7);
  // The first of January 2024 was a Monday.
  const week = [...Array(7).keys()].map((index) => [weekday.format(new Date(2024, 0, 1 + index)), perWeekday.get(index) ?? { total: 0, count: 0 }]);
  charts.weekdays.draw(week.map(([name]) => name), week.map(([, one]) => one.total));
  fillTable(byId("weekdays-rows"), week, ([name, one]) => [name, payments(one.count), number(amount(one.total))]);

  const merchants = bySize(grouped(rows, (row) => row.merchant ?? "")).slice(0, merchantsMax);
  fillTable(byId("merchants-rows"), merchants, ([name, one]) => [linkTo(name), payments(one.count), number(amount(one.total))]);
}

function linkTo(name) {
  if (!name) return t("unknown_merchant");
  const link = element("a", "", name);
  link.href = merchantPath(name);
  return link;
}

show();
