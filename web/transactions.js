// All transactions, filtered. The filter is in the address, so that a reload, a bookmark and the way back keep it.

import "./frame.js";
import { byId, element, number } from "./dom.js";
import { amount, dayAndTime } from "./format.js";
import { allTransactions, listTransactions, spent } from "./ledger.js";
import { merchantPath } from "./views.js";
import { categoryName, t } from "./words.js";

const pageRows = 50;
const periods = [1, 7, 30, 90, 365];
const categories = [
  "food", "shopping", "transport", "utilities", "entertainment", "health", "fitness", "education", "travel", "other",
];
// A choice of all cannot be an empty value: that asks for those without a category.
const all = "*";

const form = byId("filters");
let next = null;
let asked = 0;

function option(value, text) {
  const node = element("option", "", text);
  node.value = value;
  return node;
}
form.days.append(...periods.map((n) => option(n, t("last_days", { n }))));
form.category.append(option(all, t("all_categories")), ...categories.map((name) => option(name, categoryName(name))), option("", t("uncategorised")));

function readAddress() {
  const query = new URLSearchParams(location.search);
  form.days.value = periods.includes(Number(query.get("days"))) ? query.get("days") : "30";
  form.category.value = query.get("category") ?? all;
  if (form.category.selectedIndex < 0) form.category.value = all;
  form.merchant.value = query.get("merchant") ?? "";
}

const wanted = () => ({
  days: form.days.value,
  category: form.category.value === all ? undefined : form.category.value,
  merchant: form.merchant.value.trim() || undefined,
});

function makeRow(row) {
  const merchant = row.merchant?.trim() ? element("a", "", row.merchant) : element("span", "", row.description || t("unknown_merchant"));
  if (row.merchant?.trim()) merchant.href = merchantPath(row.merchant);
  merchant.title = row.description ?? "";
  const cells = [
    dayAndTime(new Date(row.date)),
    merchant,
    categoryName(row.category),
    t(`status_${row.status}`),
    number(amount(spent(row), row.currency)),
  ];
  const node = document.createElement("tr");
  node.append(...cells.map((cell) => element("td", cell.className === "value" ? "number" : "", cell)));
  return node;
}

// `onward`: adds the next page to what is shown.
async function show(onward = false) {
  const mine = ++asked;
  byId("problem").hidden = true;
  try {
    const page = await listTransactions({ ...wanted(), limit: pageRows, after: onward ? next : undefined });
    if (mine !== asked) return;
    next = page.next;
    const rows = page.transactions.map(makeRow);
    if (onward) byId("rows").append(...rows);
    else byId("rows").replaceChildren(...rows);
    const shown = byId("rows").children.length;
    byId("count").textContent = t(next ? "shown_n" : "shown_all", { n: shown });
    byId("empty").hidden = shown > 0;
    byId("more").hidden = !next;
    suggest(page.transactions);
  } catch (error) {
    tell(error);
  }
}

function suggest(rows) {
  const list = byId("merchants");
  const known = new Set([...list.children].map((one) => one.value));
  for (const { merchant } of rows) {
    if (!merchant || known.has(merchant)) continue;
    known.add(merchant);
    list.append(option(merchant, ""));
  }
}

function tell(error) {
  byId("problem").textContent = error.status ? t("failed", { why: error.message }) : t("unreachable");
  byId("problem").hidden = false;
}

function search() {
  const query = new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value !== undefined));
  history.pushState(null, "", `?${query}`);
  show();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
form.days.addEventListener("change", search);
form.category.addEventListener("change", search);
addEventListener("popstate", () => {
  readAddress();
  show();
});
byId("more").addEventListener("click", () => show(true));

// RFC 4180. A cell that a spreadsheet would take for a formula is made text by an apostrophe.
function csvCell(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

byId("export").addEventListener("click", async () => {
  try {
    const columns = ["id", "date", "merchant", "category", "status", "amount", "currency", "description"];
    const rows = await allTransactions(wanted());
    const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((cells) => cells.map(csvCell).join(","));
    // The mark at the beginning tells spreadsheets that this is UTF-8.
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    link.download = "transactions.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    tell(error);
  }
});

readAddress();
show();
