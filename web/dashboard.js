// The live page: joins the sockets to the views.

import { byId, flash } from "./dom.js";
import { counted } from "./format.js";
import { drawHours } from "./hours.js";
import { LiveSocket } from "./live_socket.js";
import { toast } from "./toasts.js";
import { describe, drawCategories, drawDashboard, drawPending, drawPendingCount } from "./views.js";

const stateTexts = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
  refused: "Refused by the service",
};

const categorize = byId("categorize");
let pendingCount = 0;
let lastDescription = "";
let countdownTimer = 0;

const handlers = {
  dashboard_update({ data }) {
    drawDashboard(data);
    takePendingCount(data.pending_count);
    announce(describe(data));
    byId("main").removeAttribute("aria-busy");
  },
  periodic_update({ pending_count: count }) {
    takePendingCount(count);
  },
  pending_update({ data }) {
    drawPending(data);
    drawPendingCount(Math.max(pendingCount, data.length));
  },
  hourly_update({ data }) {
    drawHours(data);
  },
  category_update({ data }) {
    drawCategories(data);
  },
  auto_categorize_result({ categorized }) {
    categorize.removeAttribute("aria-busy");
    toast({
      message: categorized === 0 ? "No rule knows a category for the rest." : `${counted(categorized, "payment")} categorised.`,
      level: categorized === 0 ? "info" : "success",
    });
  },
  error({ message }) {
    categorize.removeAttribute("aria-busy");
    toast({ message, level: "error" });
  },
};

const live = new LiveSocket("/ws/btpay/live/", {
  onMessage: (message) => handlers[message.type]?.(message),
  onState: showState,
});

new LiveSocket("/ws/btpay/notify/", {
  greets: false,
  // The greeting has no id; it tells only that the socket works.
  onMessage: (message) => message.type === "notification" && message.id !== undefined && toast(message),
  onState: () => {},
});

categorize.addEventListener("click", () => {
  if (live.send({ command: "auto_categorize" })) categorize.setAttribute("aria-busy", "true");
});
byId("retry").addEventListener("click", () => live.connect());

function takePendingCount(count) {
  pendingCount = count;
  drawPendingCount(count);
  categorize.disabled = !live.live || count === 0;
}

// Says aloud what changed, once; the first numbers of a page are there to be read.
function announce(description) {
  if (lastDescription && description !== lastDescription) byId("announcer").textContent = description;
  lastDescription = description;
}

function showState({ name, retryAt }) {
  clearInterval(countdownTimer);
  const state = byId("state");
  const changed = state.dataset.state !== name;
  state.dataset.state = name;
  byId("state-text").textContent = stateTexts[name];
  byId("countdown").textContent = "";
  byId("retry").hidden = !["reconnecting", "refused"].includes(name);
  categorize.disabled = name !== "live" || pendingCount === 0;
  categorize.removeAttribute("aria-busy");
  document.body.classList.toggle("stale", !["live", "connecting"].includes(name));
  if (name === "live" && changed) flash(state);
  if (name === "reconnecting") {
    const count = () => {
      byId("countdown").textContent = `in ${Math.max(Math.ceil((retryAt - Date.now()) / 1_000), 0)} s`;
    };
    count();
    countdownTimer = setInterval(count, 500);
    leaveIfLoggedOut();
  }
}

// A browser does not tell why a WebSocket was refused; the API does.
async function leaveIfLoggedOut() {
  try {
    const answer = await fetch("/finance/api/bt-pay/pending/", { credentials: "same-origin", cache: "no-store" });
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  } catch {
    // The service is away; the back-off goes on.
  }
}
