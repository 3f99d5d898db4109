// The numbers without a live connection: asked for every five seconds, and not at all while nobody looks.

import "./frame.js";
import { byId } from "./dom.js";
import { secondOf } from "./format.js";
import { ask } from "./http.js";
import { drawDashboard } from "./views.js";
import { t } from "./words.js";

const everyMs = 5_000;
let timer = 0;

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    // The browser keeps the answer and its ETag; where nothing changed, none comes again.
    const answer = await ask("/finance/api/bt-pay/dashboard/", { cache: "no-cache" });
    drawDashboard(await answer.json());
    byId("updated").textContent = t("updated_at", { time: secondOf(new Date()) });
    document.body.classList.remove("stale");
    byId("main").removeAttribute("aria-busy");
  } catch (error) {
    byId("updated").textContent = error.status ? t("failed", { why: error.message }) : t("not_reached");
    document.body.classList.add("stale");
  }
  timer = setTimeout(look, everyMs);
}

for (const node of document.querySelectorAll(".shares, .rows")) node.classList.add("plain");
document.addEventListener("visibilitychange", () => document.hidden || look());
look();
