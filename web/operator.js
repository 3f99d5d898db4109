// The state of the service: its readiness and its metrics (the text form that Prometheus reads), every five seconds, each
// counter with its rate.

import "./frame.js";
import { byId, fillTable, number } from "./dom.js";
import { locale, t } from "./words.js";

const everyMs = 5_000;
const format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
const rateFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
let before = new Map();
let beforeAt = 0;

// [{name, value, counter, help}] of the samples; the buckets of histograms are left to Prometheus.
export function parseMetrics(text) {
  const kinds = new Map();
  const helps = new Map();
  const samples = [];
  for (const line of text.split("\n")) {
    const [, what, family, rest] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (what === "TYPE") kinds.set(family, rest);
    else if (what === "HELP") helps.set(family, rest);
    const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (!name || name.endsWith("_bucket")) continue;
    const base = kinds.has(name) ? name : name.replace(/_(sum|count)$/, "");
    const kind = kinds.get(base);
    samples.push({ name: name + labels, value: Number(value), counter: kind === "counter" || base !== name, help: helps.get(base) ?? "" });
  }
  return samples;
}

async function look() {
  try {
    const [ready, metrics] = await Promise.all([fetch("/readyz"), fetch("/metrics", { credentials: "same-origin" })]);
    show(ready.ok ? "live" : "refused", ready.ok ? "ready" : "not_ready");
    byId("problem").hidden = metrics.ok;
    if (metrics.ok) draw(parseMetrics(await metrics.text()));
    else byId("problem").textContent = t("operator_refused");
  } catch {
    show("offline", "unreachable");
  }
  byId("main").removeAttribute("aria-busy");
  setTimeout(look, everyMs);
}

function show(state, text) {
  byId("state").dataset.state = state;
  byId("state-text").textContent = t(text);
}

function draw(samples) {
  const now = performance.now();
  fillTable(byId("rows"), samples, ({ name, value, counter, help }) => {
    const label = document.createElement("span");
    label.textContent = name;
    label.title = help;
    const rate = counter && before.has(name) ? ((value - before.get(name)) / (now - beforeAt)) * 1_000 : null;
    return [label, number(format.format(value)), number(rate === null ? "" : rateFormat.format(rate))];
  });
  before = new Map(samples.map(({ name, value }) => [name, value]));
  beforeAt = now;
}

look();
