// The live page: joins the connection to the views.

import "./frame.js";
import { byId, flash, makeFigure } from "./dom.js";
import "./explain.js";
import { drawHours } from "./hours.js";
import { ask } from "./http.js";
import "./machine_room.js";
import "./notices.js";
import { leastMs, paced } from "./pace.js";
import { inPast, watchPast } from "./past.js";
import { drawPending } from "./pending.js";
import { service } from "./service.js";
import { describe, drawCategories, drawDashboard } from "./views.js";
import { t } from "./words.js";

const categorize = byId("categorize");
const drawsAtOnce = 3;
let countdownTimer = 0;
let described = "";

for (const [id, field, name] of [
  ["today-amount", "today_amount", "today"],
  ["today-note", "today_transactions", "today"],
  ["month-amount", "month_amount", "this_month"],
  ["month-note", "month_transactions", "this_month"],
  ["month-merchants", "month_merchants", "this_month"],
  ["pending-amount", "pending_amount", "pending"],
  ["pending-note", "pending_count", "pending"],
]) {
  makeFigure(byId(id), "dashboard", field, t(name));
}

const draws = {
  dashboard: drawDashboard,
  pending: (data, view) => drawPending({ data, count: view?.count }),
  hourly: drawHours,
  categories: drawCategories,
};

const paces = Object.fromEntries(
  Object.keys(draws).map((name) => [
    name,
    paced((view) => {
      if (inPast()) return;
      draws[name](view.data, view);
      if (name === "dashboard") announce(describe(view.data));
      allowCategorize();
      byId("main").removeAttribute("aria-busy");
    }, leastMs, drawsAtOnce),
  ]),
);

// The first numbers of all views come together, so that the page is laid out once.
let begun = false;
service.on("view", ({ name, view }) => {
  if (begun) return paces[name](view);
  begun = Object.keys(draws).every((one) => isThere(service.views[one]));
  if (begun) drawNow();
});
const isThere = (view) => view?.data !== undefined;
function drawNow() {
  for (const [name, view] of Object.entries(service.views)) if (isThere(view)) paces[name](view);
}
watchPast(
  (name, data) => {
    draws[name](data);
    allowCategorize();
  },
  drawNow,
);

function allowCategorize() {
  const count = service.views.dashboard?.data?.pending_count ?? 0;
  categorize.disabled = service.state !== "live" || inPast() || count === 0;
}

// Says aloud what changed, once; the first numbers of a page are there to be read.
const announce = paced((description) => {
  if (described && description !== described) byId("announcer").textContent = description;
  described = description;
}, 4_000);

function nameOf(state) {
  if (!navigator.onLine && state !== "live") return "offline";
  return { idle: "connecting", waiting: "reconnecting", closed: "offline" }[state] ?? state;
}

function showState() {
  clearInterval(countdownTimer);
  const name = nameOf(service.state);
  const state = byId("state");
  const changed = state.dataset.state !== name;
  state.dataset.state = name;
  byId("state-text").textContent = t(name);
  byId("countdown").textContent = "";
  byId("retry").hidden = !["reconnecting", "refused"].includes(name);
  allowCategorize();
  document.body.classList.toggle("stale", !["live", "connecting"].includes(name));
  if (name === "live" && changed) flash(state);
  // A browser does not tell why a WebSocket was refused; the API does, and leads to the log-in.
  if (name === "reconnecting" || name === "refused") ask("/finance/api/bt-pay/pending/").catch(() => {});
  if (name !== "reconnecting") return;
  const tick = () => {
    byId("countdown").textContent = t("in_seconds", { n: Math.max(Math.ceil((service.retryAt - Date.now()) / 1_000), 0) });
  };
  tick();
  countdownTimer = setInterval(tick, 500);
}
service.on("state", showState);
addEventListener("offline", showState);
byId("retry").addEventListener("click", () => (service.state === "refused" ? location.reload() : service.connect()));

service.connect();
