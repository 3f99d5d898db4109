// Short messages at the edge of the page. One that tells of trouble stays until it is dismissed.

import { button, byId, element } from "./dom.js";
import { amount } from "./format.js";
import { t } from "./words.js";

const shownMs = 8_000;
const shownMax = 4;
const levels = new Set(["info", "success", "warning", "error"]);

export const levelOf = (level) => (levels.has(level) ? level : "info");

// {message, level} of the page or of a notification; `action`: {text, run} of a button.
export function toast({ message, level, amount: sum, currency, action }) {
  const kind = levelOf(level);
  const box = element("div", `toast ${kind}`);
  const text = element("p", "", String(message));
  if (typeof sum === "number") text.append(" ", element("strong", "", amount(sum, currency)));
  const close = button("close", "×", () => box.remove());
  close.setAttribute("aria-label", t("dismiss"));
  box.append(text);
  if (action) {
    const act = button("quiet", action.text, () => {
      box.remove();
      action.run();
    });
    box.append(act);
  }
  box.append(close);
  if (kind === "error") box.setAttribute("role", "alert");

  const shelf = byId("toasts");
  shelf.append(box);
  while (shelf.children.length > shownMax) shelf.firstElementChild.remove();
  if (kind === "error") return;
  // Time does not run while somebody reads it.
  const tick = () => (box.matches(":hover, :focus-within") ? setTimeout(tick, 1_000) : box.remove());
  setTimeout(tick, shownMs);
}
