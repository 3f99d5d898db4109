// The time slider: the page as of a moment in the last 31 days, by the hour. The present goes on behind it.

import { byId } from "./dom.js";
import { dayAndTime } from "./format.js";
import { service } from "./service.js";
import { toast } from "./toasts.js";
import { t } from "./words.js";

const hours = 31 * 24;
const hourMs = 3_600_000;
const views = ["dashboard", "pending", "hourly", "categories"];
// While the slider moves, the service is asked at most so often.
const askGapMs = 150;

const slider = byId("time");
slider.max = hours;
slider.value = hours;

let draw = () => {};
let back = () => {};
let wanted = null;
let asking = false;
let shown = null;

export const inPast = () => wanted !== null;

// The moment that the page shows, where that is a past one, as `explain` takes it.
export const pastMoment = () => (inPast() ? shown : null);

// `onPast(name, data)` draws a view of the past, `onNow()` the present.
export function watchPast(onPast, onNow) {
  draw = onPast;
  back = onNow;
}

const momentOf = (place) => new Date(Date.now() - (hours - place) * hourMs);

slider.addEventListener("input", () => {
  const place = Number(slider.value);
  if (place === hours) return toNow();
  wanted = momentOf(place);
  say(t("as_of", { moment: dayAndTime(wanted) }));
  document.body.classList.add("past");
  byId("to-now").hidden = false;
  ask();
});

byId("to-now").addEventListener("click", () => {
  toNow();
  slider.focus();
});

function toNow() {
  if (wanted === null) return;
  wanted = shown = null;
  slider.value = hours;
  say(t("now"));
  document.body.classList.remove("past");
  byId("to-now").hidden = true;
  back();
}

function say(text) {
  byId("time-text").textContent = text;
  slider.setAttribute("aria-valuetext", text);
}
say(t("now"));

// One question at a time; where the slider went on meanwhile, the newest place is asked for next.
async function ask() {
  if (asking) return;
  asking = true;
  try {
    while (wanted !== null) {
      const at = wanted;
      const answer = await service.asOf(views, at.toISOString());
      if (wanted === null) break;
      shown = { at: answer.at, seq: answer.seq };
      for (const view of views) draw(view, answer.views[view]);
      if (wanted === at) break;
      await new Promise((resolve) => setTimeout(resolve, askGapMs));
    }
  } catch (error) {
    toast({ message: t("failed", { why: error.message }), level: "error" });
    toNow();
  } finally {
    asking = false;
  }
}
