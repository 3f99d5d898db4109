// The few things that the pages do to their documents. Text only ever enters as textContent.

import { rested } from "./pace.js";

export const byId = (id) => document.getElementById(id);

// element("li", "row", child, "text", …)
export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function button(className, text, onClick) {
  const node = element("button", className, text);
  node.type = "button";
  if (onClick) node.addEventListener("click", onClick);
  return node;
}

// A number that tells what it is made of when it is pressed: explain.js.
export function makeFigure(node, view, field, name) {
  for (const [key, value] of Object.entries({ view, field, name })) {
    if (node.dataset[key] !== value) node.dataset[key] = value;
  }
}

// Sets a text where it differs, and lets the eye see that it changed. True where it did.
export function setText(node, text) {
  if (node.textContent === text) return false;
  const first = node.textContent === "" || node.textContent === "–" || node.textContent === "\u00a0";
  node.textContent = text;
  if (!first) flash(node);
  return true;
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

export function flash(node) {
  if (still.matches || document.hidden || !rested(node)) return;
  node.animate([{ backgroundColor: "var(--accent-wash)" }, { backgroundColor: "transparent" }], 1_200);
}

// Makes the children of `list` be those of `items`, in order. A child lives as long as its key, so that focus, selection
// and animation survive an update. `make(item)` gives a new child, `update(child, item)` fills one.
export function keyedList(list, items, keyOf, make, update) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wasEmpty = old.size === 0;
  const seen = new Map();
  let arrives;
  let place = list.firstElementChild;
  for (const item of items) {
    const base = String(keyOf(item));
    const repeats = seen.get(base) ?? 0;
    seen.set(base, repeats + 1);
    const key = repeats ? `${base} ${repeats}` : base;
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
      arrives ??= !wasEmpty && rested(list);
      if (arrives) child.classList.add("arrived");
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}

// Fills a table's body: a row per item, a cell per entry of `cells(item)`, which are texts or nodes.
export function fillTable(body, items, cells) {
  body.replaceChildren(
    ...items.map((item) => {
      const row = document.createElement("tr");
      row.append(...cells(item).map((cell) => element("td", cell?.className === "value" ? "number" : "", cell ?? "")));
      return row;
    }),
  );
}

export const number = (text) => element("span", "value", text);
