// What passes over the connection, for who wants to see it: figures, messages, and commands by hand. Works only while it is
// open.

import { byId, element } from "./dom.js";
import { bytes, count, secondOf } from "./format.js";
import { paced } from "./pace.js";
import { service } from "./service.js";
import { t } from "./words.js";

const shownMax = 200;
const textMax = 2_000;

const room = byId("machine-room");
const log = byId("log");
const filter = byId("log-filter");
const pause = byId("log-pause");
let kept = [];
let paused = false;

const figures = () => {
  const s = service.statistics;
  return [
    ["latency", s.smoothLatencyMs === null ? "–" : `${s.smoothLatencyMs.toFixed(1)} ms`],
    ["messages_in", count(s.messagesReceived)],
    ["messages_out", count(s.messagesSent)],
    ["bytes_in", bytes(s.bytesReceived)],
    ["bytes_out", bytes(s.bytesSent)],
    ["reconnects", count(s.reconnects)],
    ["views_whole", count(s.wholes)],
    ["views_delta", count(s.deltas)],
    ["heals", count(s.heals.gap + s.heals.misfit + s.heals.hash)],
    ["hashes", count(s.hashesFit)],
    ["position", service.position ? count(service.position.seq) : "–"],
    ["epoch", service.epoch ?? "–"],
  ];
};

const list = byId("figures");
const drawFigures = paced(() => {
  const now = figures();
  if (list.children.length === 0) {
    for (const [key] of now) list.append(element("div", "", element("dt", "", t(key)), element("dd")));
  }
  now.forEach(([, text], index) => {
    const place = list.children[index].lastElementChild;
    if (place.textContent !== text) place.textContent = text;
  });
}, 500);

const drawLog = paced(() => {
  const wanted = filter.value.trim().toLowerCase();
  const rows = kept.filter(({ text }) => !wanted || text.toLowerCase().includes(wanted));
  log.replaceChildren(
    ...rows.reverse().map(({ at, type, text }) =>
      element("li", "", element("time", "", secondOf(at)), element("b", "", type), element("code", "", text)),
    ),
  );
}, 250);

service.on("message", (message) => {
  if (!room.open) return;
  drawFigures();
  if (paused) return;
  kept.push({ at: new Date(), type: message.type, text: JSON.stringify(message).slice(0, textMax) });
  if (kept.length > shownMax) kept = kept.slice(-shownMax);
  drawLog();
});

room.addEventListener("toggle", () => room.open && drawFigures());
filter.addEventListener("input", () => drawLog());
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = t(paused ? "go_on" : "pause");
  pause.setAttribute("aria-pressed", String(paused));
});
byId("log-clear").addEventListener("click", () => {
  kept = [];
  drawLog();
});

byId("console").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = byId("console-answer");
  let command;
  try {
    command = JSON.parse(byId("console-text").value);
  } catch {
    command = null;
  }
  if (typeof command?.command !== "string") {
    answer.textContent = t("not_json");
    return;
  }
  try {
    answer.textContent = JSON.stringify(await service.request(command), null, 2);
  } catch (error) {
    answer.textContent = error.message;
  }
});
for (const one of document.querySelectorAll("[data-command]")) {
  one.addEventListener("click", () => {
    byId("console-text").value = `{"command":"${one.dataset.command}"}`;
    byId("console").requestSubmit();
  });
}
