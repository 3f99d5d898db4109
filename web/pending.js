// The list of what has no category yet: one press files a payment where the service guesses it belongs, a choice files it
// elsewhere, and each can be undone.

import { button, byId, element, keyedList, setText } from "./dom.js";
import { service } from "./service.js";
import { toast } from "./toasts.js";
import { fillAmount, fillName, fillWhen } from "./views.js";
import { categoryName, t } from "./words.js";

const categories = [
  "food", "shopping", "transport", "utilities", "entertainment", "health", "fitness", "education", "travel", "other",
];

const list = byId("pending");

export function drawPending({ data, count = data.length }) {
  byId("pending-empty").hidden = data.length > 0;
  const focused = rowOf(document.activeElement);
  const place = focused ? [...list.children].indexOf(focused) : -1;
  keyedList(list, data, (payment) => payment.id, makeRow, fillRow);
  // The row that had the focus has gone: the next takes its place, so that a keyboard can go on.
  if (focused && !focused.isConnected) {
    const next = list.children[Math.min(place, list.children.length - 1)];
    (next?.querySelector("button:not([hidden]), select") ?? byId("pending-title")).focus();
  }
  const hidden = count - data.length;
  byId("pending-more").hidden = hidden <= 0;
  const more = t("older_n", { n: hidden });
  if (byId("pending-more").textContent !== more) byId("pending-more").textContent = more;
}

const rowOf = (node) => (list.contains(node) ? node.closest(".row") : null);

function makeRow(payment, spare) {
  if (spare) {
    const select = spare.querySelector("select");
    if (select.value) select.value = "";
    return spare;
  }
  const select = element("select", "choice");
  select.append(element("option", "", t("choose_category")));
  select.firstElementChild.value = "";
  for (const name of categories) {
    const option = element("option", "", categoryName(name));
    option.value = name;
    select.append(option);
  }
  const row = element(
    "li",
    "row",
    element("span", "name"),
    element("span", "value"),
    element("span", "filing", button("chip"), select),
    element("time", "when"),
  );
  return row;
}

function fillRow(row, payment) {
  const [name, value, filing, when] = row.children;
  const [guess, select] = filing.children;
  const called = payment.merchant?.trim() || payment.description;
  fillName(name, payment.merchant?.trim() ? payment.merchant : null);
  if (!payment.merchant?.trim()) setText(name, payment.description);
  name.title = payment.description ?? "";
  fillAmount(value, payment.amount, payment.currency);
  fillWhen(when, payment.date);
  guess.hidden = !payment.category_guess;
  if (payment.category_guess) {
    setText(guess, categoryName(payment.category_guess));
    guess.setAttribute("aria-label", t("accept_guess_of", { name: called, category: categoryName(payment.category_guess) }));
    guess.dataset.category = payment.category_guess;
  }
  select.setAttribute("aria-label", t("category_of", { name: called }));
  row.dataset.called = called;
}

list.addEventListener("click", ({ target }) => {
  const chip = target.closest(".chip");
  if (chip) file(rowOf(chip), chip.dataset.category);
});
list.addEventListener("change", ({ target }) => {
  if (target.value) file(rowOf(target), target.value);
});

async function file(row, category) {
  const id = Number(row.dataset.key);
  const name = row.dataset.called;
  row.setAttribute("aria-busy", "true");
  try {
    await service.categorize(id, category);
    toast({
      message: t("filed", { name, category: categoryName(category) }),
      level: "success",
      action: { text: t("undo"), run: () => takeBack(id, name) },
    });
  } catch (error) {
    toast({ message: t("failed", { why: error.message }), level: "error" });
    row.querySelector("select").value = "";
  } finally {
    row.removeAttribute("aria-busy");
  }
}

async function takeBack(id, name) {
  try {
    await service.uncategorize(id);
    toast({ message: t("unfiled", { name }) });
  } catch (error) {
    toast({ message: t("failed", { why: error.message }), level: "error" });
  }
}

const auto = byId("categorize");
auto.addEventListener("click", async () => {
  auto.setAttribute("aria-busy", "true");
  try {
    const { categorized } = await service.autoCategorize();
    toast({
      message: categorized === 0 ? t("auto_none") : t("auto_done", { n: categorized }),
      level: categorized === 0 ? "info" : "success",
    });
  } catch (error) {
    toast({ message: t("failed", { why: error.message }), level: "error" });
  } finally {
    auto.removeAttribute("aria-busy");
  }
});
