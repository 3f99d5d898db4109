// The bars of the last 24 hours, drawn by Chart.js. Over them lies a list that pointer and arrow keys walk, with a line that
// says what one bar stands for; Enter or a click explains it.

import { byId, element } from "./dom.js";
import { barChart } from "./charts.js";
import { explain } from "./explain.js";
import { amount, payments } from "./format.js";
import { paced } from "./pace.js";
import { t } from "./words.js";

const bars = byId("hours");
const readout = byId("hours-readout");
let hours = [];
let chosen = -1;
let drawn = "";

// A chart costs ten times what the text around it does.
const chartMs = 500;

const chart = barChart(byId("hours-chart"), { emphasized: (index) => index === chosen || index === hours.length - 1 });

const drawBars = paced(
  () => {
    const shape = JSON.stringify(hours);
    if (shape === drawn) return;
    drawn = shape;
    chart.draw(hours.map((hour) => `${twoDigits(hour.hour)}:00`), hours.map((hour) => hour.amount));
  },
  chartMs,
  2,
);

export function drawHours(data) {
  const before = hours;
  hours = data;
  while (bars.children.length < data.length) bars.append(makeBar(bars.children.length));
  while (bars.children.length > data.length) bars.lastElementChild.remove();
  data.forEach((hour, index) => {
    if (hour === before[index]) return;
    const text = describe(hour);
    if (bars.children[index].getAttribute("aria-label") !== text) bars.children[index].setAttribute("aria-label", text);
  });
  drawBars();
  describeChosen();
}

const twoDigits = (number) => String(number).padStart(2, "0");
const timeOf = ({ hour }) => `${twoDigits(hour)}:00–${twoDigits((Number(hour) + 1) % 24)}:00`;

function makeBar(index) {
  const bar = element("div", "bar");
  bar.id = `hour-${index}`;
  bar.setAttribute("role", "option");
  bar.setAttribute("aria-selected", "false");
  return bar;
}

function describe(hour) {
  const time = timeOf(hour);
  return hour.count === 0
    ? t("hour_nothing", { time })
    : t("hour_is", { time, amount: amount(hour.amount), payments: payments(hour.count) });
}

function choose(index) {
  if (index === chosen) return;
  bars.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = index;
  bars.children[chosen]?.setAttribute("aria-selected", "true");
  if (chosen >= 0) bars.setAttribute("aria-activedescendant", `hour-${chosen}`);
  else bars.removeAttribute("aria-activedescendant");
  chart.refresh();
  describeChosen();
}

function describeChosen() {
  const text =
    chosen >= 0 && hours[chosen] ? describe(hours[chosen]) : payments(hours.reduce((total, hour) => total + hour.count, 0));
  if (readout.textContent !== text) readout.textContent = text;
}

const indexOf = (target) => [...bars.children].indexOf(target.closest(".bar"));

function explainHour(index) {
  if (hours[index]) explain({ view: "hourly", field: String(index), name: timeOf(hours[index]) });
}

bars.addEventListener("pointerover", ({ target }) => indexOf(target) >= 0 && choose(indexOf(target)));
bars.addEventListener("pointerleave", () => choose(-1));
bars.addEventListener("click", ({ target }) => explainHour(indexOf(target)));
bars.addEventListener("blur", () => choose(-1));
bars.addEventListener("keydown", (event) => {
  const last = hours.length - 1;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return explainHour(chosen);
  }
  const next = { ArrowLeft: Math.max(chosen < 0 ? last : chosen - 1, 0), ArrowRight: Math.min(chosen + 1, last), Home: 0, End: last };
  if (!(event.key in next)) return;
  event.preventDefault();
  choose(next[event.key]);
});
