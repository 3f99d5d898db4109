// The few things that the page does to its document. Text only ever enters as textContent.

export const byId = (id) => document.getElementById(id);

// element("li", "row", child, "text", …)
export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// Sets a text where it differs, and lets the eye see that it changed. True where it did.
export function setText(node, text) {
  if (node.textContent === text) return false;
  const first = node.textContent === "" || node.textContent === "–" || node.textContent === "\u00a0";
  node.textContent = text;
  if (!first) flash(node);
  return true;
}

export function flash(node) {
  node.classList.remove("changed");
  // Reading the layout restarts the animation where it still runs.
  void node.offsetWidth;
  node.classList.add("changed");
}

// Makes the children of `list` be those of `items`, in order. A child lives as long as its key, so that focus, selection
// and animation survive an update. `make(item)` gives a new child, `update(child, item)` fills one.
export function keyedList(list, items, keyOf, make, update) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wasEmpty = old.size === 0;
  const seen = new Map();
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
      if (!wasEmpty) child.classList.add("arrived");
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}
