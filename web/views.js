// Draws each view of the protocol into the page. Each function takes a message's `data` and changes what differs.

import { byId, element, keyedList, setText } from "./dom.js";
import { amount, counted, fullMoment, moment, setHomeCurrency, title } from "./format.js";

export function drawDashboard(data) {
  if (data.currency) setHomeCurrency(data.currency);
  setText(byId("today-amount"), amount(data.today_amount));
  setText(byId("today-note"), counted(data.today_transactions, "payment"));
  setText(byId("month-amount"), amount(data.month_amount));
  setText(
    byId("month-note"),
    `${counted(data.month_transactions, "payment")}, ${counted(data.month_merchants, "merchant")}`,
  );
  setText(byId("pending-amount"), amount(data.pending_amount));
  drawPendingCount(data.pending_count);

  const recent = data.recent_transactions;
  byId("recent-empty").hidden = recent.length > 0;
  const keyOf = (payment) => `${payment.date} ${payment.merchant} ${payment.amount}`;
  keyedList(byId("recent"), recent, keyOf, makeRow, (row, payment) =>
    fillRow(row, {
      name: payment.merchant,
      label: payment.category,
      date: payment.date,
      value: payment.amount,
      currency: payment.currency,
    }),
  );

  const merchants = data.top_merchants;
  byId("merchants-empty").hidden = merchants.length > 0;
  const most = Math.max(...merchants.map((merchant) => merchant.amount), 0);
  keyedList(byId("merchants"), merchants, (merchant) => merchant.name, makeShare, (row, merchant) =>
    fillShare(row, {
      name: merchant.name || "Unknown",
      note: counted(merchant.count, "payment"),
      value: amount(merchant.amount),
      share: merchant.amount / most,
      today: 0,
    }),
  );
}

export function drawPendingCount(count) {
  setText(byId("pending-note"), count === 0 ? "nothing to categorise" : `${counted(count, "payment")} to categorise`);
  const hidden = count - byId("pending").children.length;
  byId("pending-more").hidden = hidden <= 0;
  byId("pending-more").textContent = `and ${counted(hidden, "older one")}`;
}

export function drawPending(rows) {
  byId("pending-empty").hidden = rows.length > 0;
  keyedList(byId("pending"), rows, (payment) => payment.id, makeRow, (row, payment) =>
    fillRow(row, {
      name: payment.merchant || payment.description,
      label: payment.category_guess,
      guess: true,
      date: payment.date,
      value: payment.amount,
      currency: payment.currency,
      description: payment.description,
    }),
  );
}

export function drawCategories(data) {
  const rows = Object.entries(data).sort(([, a], [, b]) => b.week.amount - a.week.amount);
  byId("categories-empty").hidden = rows.length > 0;
  const most = Math.max(...rows.map(([, { week }]) => week.amount), 0);
  keyedList(byId("categories"), rows, ([name]) => name, makeShare, (row, [name, { today, week }]) =>
    fillShare(row, {
      name: title(name),
      note: today.count > 0 ? `${amount(today.amount)} today` : counted(week.count, "payment"),
      value: amount(week.amount),
      share: week.amount / most,
      today: today.amount / most,
    }),
  );
}

// What a screen reader says when something happened.
export function describe(data) {
  return (
    `Today ${amount(data.today_amount)} in ${counted(data.today_transactions, "payment")}; ` +
    `${data.pending_count} pending.`
  );
}

function makeRow() {
  return element(
    "li",
    "row",
    element("span", "name"),
    element("span", "value"),
    element("span", "label"),
    element("time", "when"),
  );
}

function fillRow(row, { name, label, guess, date, value, currency, description }) {
  const [nameNode, valueNode, labelNode, whenNode] = row.children;
  setText(nameNode, name?.trim() || "Unknown merchant");
  nameNode.title = description ?? "";
  setText(valueNode, amount(value, currency));
  valueNode.classList.toggle("refund", value < 0);
  setText(labelNode, label ? (guess ? `${title(label)}?` : title(label)) : "No category");
  labelNode.classList.toggle("none", !label);
  const when = new Date(date);
  whenNode.dateTime = date;
  whenNode.title = fullMoment(when);
  if (whenNode.textContent !== moment(when)) whenNode.textContent = moment(when);
}

function makeShare() {
  const track = element("span", "track", element("span", "part week"), element("span", "part today"));
  track.setAttribute("aria-hidden", "true");
  return element("li", "share", element("span", "name"), element("span", "value"), track, element("span", "note"));
}

function fillShare(row, { name, note, value, share, today }) {
  const [nameNode, valueNode, track, noteNode] = row.children;
  setText(nameNode, name);
  setText(valueNode, value);
  setText(noteNode, note);
  track.children[0].style.setProperty("--share", fraction(share));
  track.children[1].style.setProperty("--share", fraction(today));
}

// A refund may make a sum negative, and an empty list divides by nothing.
const fraction = (share) => (share > 0 ? Math.min(share, 1) : 0);
