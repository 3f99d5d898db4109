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
// and animation survive an update. `make(item, spare)` gives a new child, or `spare` made as new, which is one that would
// go: where all change many times a second that spares most of the work. `update(child, item)` fills one.
export function keyedList(list, items, keyOf, make, update) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const keys = uniqueKeys(items, keyOf);
  const kept = new Set(keys);
  const spares = new Set([...old].filter(([key, child]) => !kept.has(key) && isIdle(child)).map(([, child]) => child));
  const wasEmpty = old.size === 0;
  let arrives;
  let place = list.firstElementChild;
  items.forEach((item, index) => {
    let child = old.get(keys[index]);
    if (!child) {
      arrives ??= !wasEmpty && rested(list);
      const [any] = spares;
      child = make(item, arrives ? undefined : spares.has(place) ? place : any);
      spares.delete(child);
      child.dataset.key = keys[index];
      child.classList.toggle("arrived", arrives);
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  });
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
}

function uniqueKeys(items, keyOf) {
  const seen = new Map();
  return items.map((item) => {
    const key = String(keyOf(item));
    const repeats = seen.get(key) ?? 0;
    seen.set(key, repeats + 1);
    return repeats ? `${key} ${repeats}` : key;
  });
}

// Whether nobody is at work in it.
const isIdle = (node) => !node.contains(document.activeElement) && !node.hasAttribute("aria-busy");

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
