// Draws each view of the protocol into the page. Each function takes a view's `data` and changes what differs.

import { byId, button, element, keyedList, makeFigure, setText } from "./dom.js";
import { amount, fullMoment, moment, payments, setHomeCurrency } from "./format.js";
import { categoryName, t } from "./words.js";

export const merchantPath = (name) => `/finance/bt-pay/merchant/${encodeURIComponent(name)}/`;

export function drawDashboard(data) {
  if (data.currency) setHomeCurrency(data.currency);
  setText(byId("today-amount"), amount(data.today_amount));
  setText(byId("today-note"), payments(data.today_transactions));
  setText(byId("month-amount"), amount(data.month_amount));
  setText(byId("month-note"), payments(data.month_transactions));
  setText(byId("month-merchants"), t("merchants_n", { n: data.month_merchants }));
  setText(byId("pending-amount"), amount(data.pending_amount));
  setText(
    byId("pending-note"),
    data.pending_count === 0 ? t("nothing_pending") : t("to_categorise_n", { n: data.pending_count }),
  );
  for (const part of ["today", "month", "pending"]) drawOthers(part, data[`${part}_other_amounts`] ?? {});
  drawRecent(data.recent_transactions);
  drawMerchants(data.top_merchants);
}

// What was spent in other currencies, which are never added up.
function drawOthers(part, amounts) {
  keyedList(byId(`${part}-others`), Object.entries(amounts), ([code]) => code, () => element("li", "", button("figure")), (item, [code, value]) => {
    const [figure] = item.children;
    setText(figure, `+ ${amount(value, code)}`);
    makeFigure(figure, "dashboard", `${part}_other_amounts.${code}`, t(part === "month" ? "this_month" : part));
  });
}

function drawRecent(recent) {
  byId("recent-empty").hidden = recent.length > 0;
  const keyOf = (payment) => `${payment.date} ${payment.merchant} ${payment.amount}`;
  keyedList(byId("recent"), recent, keyOf, makeRow, (row, payment) => {
    const [name, value, label, when] = row.children;
    fillName(name, payment.merchant);
    fillAmount(value, payment.amount, payment.currency);
    setText(label, categoryName(payment.category));
    label.classList.toggle("none", !payment.category);
    fillWhen(when, payment.date);
  });
}

function drawMerchants(merchants) {
  byId("merchants-empty").hidden = merchants.length > 0;
  const most = Math.max(...merchants.map((merchant) => merchant.amount), 0);
  keyedList(byId("merchants"), merchants, (merchant) => merchant.name, makeShare, (row, merchant) => {
    const [name, value, track, note] = row.children;
    fillName(name, merchant.name);
    setText(value, amount(merchant.amount));
    makeFigure(value, "dashboard", `top_merchants.${merchant.name}`, merchant.name);
    setText(note, payments(merchant.count));
    drawTrack(track, merchant.amount / most, 0);
  });
}

export function drawCategories(data) {
  const rows = Object.entries(data).sort(([, a], [, b]) => b.week.amount - a.week.amount);
  byId("categories-empty").hidden = rows.length > 0;
  const most = Math.max(...rows.map(([, { week }]) => week.amount), 0);
  keyedList(byId("categories"), rows, ([name]) => name, makeCategory, (row, [name, { today, week }]) => {
    const [nameNode, value, track, note, todayValue] = row.children;
    setText(nameNode, categoryName(name));
    setText(value, amount(week.amount));
    makeFigure(value, "categories", `${name}.week`, t("week_of", { name: categoryName(name) }));
    setText(note, payments(week.count));
    setText(todayValue, t("amount_today", { amount: amount(today.amount) }));
    todayValue.hidden = today.count === 0;
    makeFigure(todayValue, "categories", `${name}.today`, t("today_of", { name: categoryName(name) }));
    drawTrack(track, week.amount / most, today.amount / most);
  });
}

// What a screen reader says when something happened.
export function describe(data) {
  return t("spoken", {
    amount: amount(data.today_amount),
    payments: payments(data.today_transactions),
    pending: data.pending_count,
  });
}

// -- parts that other lists use too

export function fillName(node, name) {
  const text = name?.trim() || t("unknown_merchant");
  if (node.textContent === text) return;
  if (!name) return node.replaceChildren(text);
  const link = element("a", "", text);
  link.href = merchantPath(name);
  node.replaceChildren(link);
}

export function fillAmount(node, value, currency) {
  setText(node, amount(value, currency));
  node.classList.toggle("refund", value < 0);
}

export function fillWhen(node, date) {
  const when = new Date(date);
  if (node.dateTime !== date) {
    node.dateTime = date;
    node.title = fullMoment(when);
  }
  const text = moment(when);
  if (node.textContent !== text) node.textContent = text;
}

function makeRow(payment, spare) {
  return spare ?? element(
    "li",
    "row",
    element("span", "name"),
    element("span", "value"),
    element("span", "label"),
    element("time", "when"),
  );
}

function makeTrack() {
  const track = element("span", "track", element("span", "part week"), element("span", "part today"));
  track.setAttribute("aria-hidden", "true");
  return track;
}

function makeShare() {
  return element("li", "share", element("span", "name"), button("value figure"), makeTrack(), element("span", "note"));
}

function makeCategory() {
  const row = makeShare();
  row.append(button("note figure"));
  return row;
}

function drawTrack(track, share, today) {
  track.children[0].style.setProperty("--share", fraction(share));
  track.children[1].style.setProperty("--share", fraction(today));
}

// A refund may make a sum negative, and an empty list divides by nothing.
const fraction = (share) => (share > 0 ? Math.min(share, 1) : 0);
