// The bars of the last 24 hours: a list that pointer and arrow keys walk, with a line that says what one bar stands for.

import { byId, element } from "./dom.js";
import { amount, counted } from "./format.js";

const bars = byId("hours");
const readout = byId("hours-readout");
let hours = [];
let chosen = -1;

export function drawHours(data) {
  hours = data;
  while (bars.children.length < data.length) bars.append(makeBar(bars.children.length));
  while (bars.children.length > data.length) bars.lastElementChild.remove();
  const most = Math.max(...data.map((hour) => hour.amount), 0);
  data.forEach((hour, index) => {
    const bar = bars.children[index];
    const share = most > 0 ? Math.max(hour.amount, 0) / most : 0;
    bar.style.setProperty("--share", hour.count > 0 ? Math.max(share, 0.03) : 0);
    bar.classList.toggle("marked", hour.hour % 6 === 0);
    bar.dataset.hour = twoDigits(hour.hour);
    bar.setAttribute("aria-label", describe(hour));
  });
  describeChosen();
}

const twoDigits = (number) => String(number).padStart(2, "0");

function makeBar(index) {
  const bar = element("div", "bar", element("span", "fill"));
  bar.id = `hour-${index}`;
  bar.setAttribute("role", "option");
  bar.setAttribute("aria-selected", "false");
  return bar;
}

function describe({ hour, count, amount: sum }) {
  const time = `${twoDigits(hour)}:00–${twoDigits((hour + 1) % 24)}:00`;
  return count === 0 ? `${time}, nothing` : `${time}, ${amount(sum)}, ${counted(count, "payment")}`;
}

function choose(index) {
  bars.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = index;
  bars.children[chosen]?.setAttribute("aria-selected", "true");
  if (chosen >= 0) bars.setAttribute("aria-activedescendant", `hour-${chosen}`);
  else bars.removeAttribute("aria-activedescendant");
  describeChosen();
}

function describeChosen() {
  const text =
    chosen >= 0 && hours[chosen]
      ? describe(hours[chosen])
      : counted(hours.reduce((sum, hour) => sum + hour.count, 0), "payment");
  if (readout.textContent !== text) readout.textContent = text;
}

bars.addEventListener("pointerover", ({ target }) => {
  const bar = target.closest(".bar");
  if (bar) choose([...bars.children].indexOf(bar));
});
bars.addEventListener("pointerleave", () => choose(-1));
bars.addEventListener("blur", () => choose(-1));
bars.addEventListener("keydown", (event) => {
  const last = hours.length - 1;
  const next = { ArrowLeft: Math.max(chosen < 0 ? last : chosen - 1, 0), ArrowRight: Math.min(chosen + 1, last), Home: 0, End: last };
  if (!(event.key in next)) return;
  event.preventDefault();
  choose(next[event.key]);
});
