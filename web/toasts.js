// Short messages at the edge of the page. One that tells of trouble stays until it is dismissed.

import { byId, element } from "./dom.js";
import { amount } from "./format.js";

const shownMs = 8_000;
const shownMax = 4;
const levels = new Set(["info", "success", "warning", "error"]);

// `notification`: a message of /ws/btpay/notify/, or {message, level} of the page itself.
export function toast({ message, level = "info", amount: sum, currency }) {
  const kind = levels.has(level) ? level : "info";
  const close = element("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", "Dismiss");
  const text = element("p", "", String(message));
  if (typeof sum === "number") text.append(" ", element("strong", "", amount(sum, currency)));
  const box = element("div", `toast ${kind}`, text, close);
  if (kind === "error") box.setAttribute("role", "alert");
  close.addEventListener("click", () => box.remove());

  const shelf = byId("toasts");
  shelf.append(box);
  while (shelf.children.length > shownMax) shelf.firstElementChild.remove();
  if (kind === "error") return;
  // Time does not run while somebody reads it.
  const tick = () => (box.matches(":hover, :focus-within") ? setTimeout(tick, 1_000) : box.remove());
  setTimeout(tick, shownMs);
}
