// The state of the service, for operators: who is logged in and connected, the log's position, what passes per second.

import "./frame.js";
import { button, byId, element, fillTable, keyedList, number, setText } from "./dom.js";
import { bytes, count, dayAndTime } from "./format.js";
import { Refusal, leave } from "./http.js";
import { parseMeasures, Rates } from "./measures.js";
import { locale, t } from "./words.js";

const everyMs = 1_000;
const valueFormat = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
const rateFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

const rates = new Rates();
let timer = 0;

// Who is logged out meets no such path, and whose role was taken the page that says so.
async function askAdmin(path, order) {
  const answer = await fetch(path, { method: order ? "POST" : "GET", body: order && JSON.stringify(order) });
  const body = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, body.error, body.message);
  return body;
}

function isOut({ status, code }) {
  if (status === 403) location.reload();
  else if (status === 401 || (status === 404 && code !== "unknown_user")) leave();
  else return false;
  return true;
}

function tell(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = text === "";
}

async function look() {
  clearTimeout(timer);
  try {
    const [ready, metrics, sessions] = await Promise.all([fetch("/readyz"), fetch("/metrics"), askAdmin("/admin/sessions")]);
    const samples = parseMeasures(await metrics.text());
    rates.look(samples, performance.now());
    showState(ready.ok ? "live" : "refused", ready.ok ? "ready" : "not_ready");
    byId("inside").hidden = false;
    document.body.classList.remove("stale");
    tell("");
    drawRates(samples);
    drawLogIns(sessions);
    drawSockets(sessions.sockets);
    drawMeasures(samples);
  } catch (error) {
    if (isOut(error)) return;
    showState("offline", "unreachable");
    document.body.classList.add("stale");
  } finally {
    byId("main").removeAttribute("aria-busy");
  }
  timer = setTimeout(look, everyMs);
}

function showState(state, text) {
  byId("state").dataset.state = state;
  setText(byId("state-text"), t(text));
}

const perSecond = (rate, write = (value) => rateFormat.format(value)) => (rate === null ? "–" : t("a_second", { n: write(rate) }));

// Of all samples of one family whose labels hold `label`: null where there is none.
function sumOf(samples, family, label, read) {
  const found = samples.filter(({ name }) => name.startsWith(`${family}{`) && name.includes(label)).map(read);
  return found.length === 0 || found.includes(null) ? null : found.reduce((sum, one) => sum + one, 0);
}

function projectionCards(samples) {
  const lags = samples.filter(({ name }) => name.startsWith("btpay_projection_lag_events{")).map(({ value }) => value);
  const rate = (family, label = "") => perSecond(sumOf(samples, family, label, ({ name }) => rates.of(name)));
  const told = (form) => rate("btpay_views_told_total", `form="${form}"`);
  return [
    ["projection_lag", lags.length === 0 ? "–" : count(Math.max(...lags)), t("events_behind")],
    ["views_rendered", rate("btpay_views_rendered_total"), t("views_told", { whole: told("whole"), delta: told("delta") })],
  ];
}

// The generation that is served from, or how far its rebuild is.
function storedViewsCard(values) {
  const of = (name) => values.get(`btpay_stored_views_${name}`) ?? 0;
  const part = of("rebuild_events_done") / Math.max(of("rebuild_events"), 1);
  const figure = of("rebuild_running") ? t("rebuilding", { percent: Math.floor(100 * part) }) : t("generation_n", { n: count(of("generation")) });
  return ["stored_views", figure, t("stored_counts", { kept: count(of("kept_total")), served: count(of("served_total")), wrong: count(of("wrong_total")) })];
}

function drawRates(samples) {
  const values = new Map(samples.map(({ name, value }) => [name, value]));
  const transport = (name) => `btpay_transport_${name}_total`;
  const rate = (name, write) => perSecond(rates.of(name), write);
  const cards = [
    [
      "log_position",
      count(values.get("btpay_log_position")),
      t("log_grows", { rate: rate("btpay_log_position"), bytes: bytes(values.get("btpay_log_bytes")) }),
    ],
    ...projectionCards(samples),
    storedViewsCard(values),
    ["open_connections", count(values.get("btpay_connections")), t("accepted_rate", { rate: rate(transport("accepted")) })],
    ["messages_out", rate(transport("frames_sent")), rate(transport("bytes_sent"), bytes)],
    ["messages_in", rate(transport("frames_received")), rate(transport("bytes_received"), bytes)],
    ["requests", rate(transport("requests")), t("refused_n", { n: values.get(transport("refused_requests")) })],
    ["slow_clients", count(values.get(transport("closed_slow"))), t("conflated_n", { n: values.get(transport("frames_conflated")) })],
  ];
  keyedList(byId("rates"), cards, ([key]) => key, makeCard, (card, [key, value, note]) => {
    setText(card.children[0], t(key));
    if (card.children[1].textContent !== value) card.children[1].textContent = value;
    if (card.children[2].textContent !== note) card.children[2].textContent = note;
  });
}

const makeCard = () => element("article", "card metric", element("h2"), element("p", "figure"), element("p", "note"));

function makeCells(cells) {
  return () => {
    const row = element("tr");
    for (let n = 0; n < cells; n++) row.append(element("td"));
    return row;
  };
}

function drawLogIns({ log_ins: logIns, sockets }) {
  byId("log-ins-note").textContent = count(logIns.length);
  const socketsOf = (id) => sockets.filter((one) => one.id === id).length;
  keyedList(byId("log-ins"), logIns, ({ id }) => id, makeCells(5), (row, { id, user, opened, expires }) => {
    const [name, from, to, open, close] = row.children;
    setText(name, user ?? "–");
    setText(from, opened ? dayAndTime(new Date(opened)) : "–");
    setText(to, expires ? dayAndTime(new Date(expires)) : "–");
    open.className = "number";
    setText(open, count(socketsOf(id)));
    if (close.children.length > 0) return;
    const end = button("quiet", t("close"), () => closeSession(id, row));
    end.setAttribute("aria-label", t("close_log_in_of", { user }));
    close.className = "number";
    close.append(end);
  });
}

async function closeSession(id, row) {
  row.setAttribute("aria-busy", "true");
  try {
    await askAdmin("/admin/sessions/close", { id });
    await look();
    byId("log-ins-title").focus();
  } catch (error) {
    row.removeAttribute("aria-busy");
    if (error.status === 404) await look();
    else if (!isOut(error)) tell(t("failed", { why: error.message }));
  }
}

const ageOf = (seconds) => {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return t("age_days", { d: days, h: hours });
  return hours > 0 ? t("age_hours", { h: hours, m: minutes }) : t("age_minutes", { m: minutes, s: seconds % 60 });
};

function drawSockets(sockets) {
  byId("sockets-note").textContent = count(sockets.length);
  byId("sockets-empty").hidden = sockets.length > 0;
  fillTable(byId("sockets"), sockets, ({ user, kind, peer, seconds }) => [user ?? "–", kind, peer, number(ageOf(seconds))]);
}

function drawMeasures(samples) {
  fillTable(byId("measures"), samples, ({ name, value, counter, help }) => {
    const label = element("span", "", name);
    label.title = help;
    const rate = counter ? rates.of(name) : null;
    return [label, number(valueFormat.format(value)), number(rate === null ? "" : rateFormat.format(rate))];
  });
}

look();
