// Draws what changes at most so often, always ending with the newest: a page may hear of a thousand payments a second,
// an eye sees ten.

export const leastMs = 125;

// A function to be called with each new value; `draw` gets the newest when the browser paints next. After a rest `burst`
// values in a row are drawn at once, so that nobody waits for what he does himself.
export function paced(draw, gapMs = leastMs, burst = 1) {
  let newest;
  let waiting = false;
  let credit = burst;
  let creditAt = performance.now();
  const frame = () =>
    requestAnimationFrame(() => {
      waiting = false;
      draw(newest);
    });
  return (value) => {
    newest = value;
    if (waiting) return;
    waiting = true;
    const now = performance.now();
    credit = Math.min(credit + (now - creditAt) / gapMs, burst);
    creditAt = now;
    const waitMs = Math.max(1 - credit, 0) * gapMs;
    credit--;
    if (waitMs > 0) setTimeout(frame, waitMs);
    else frame();
  };
}

const restMs = 1_500;
const lately = new WeakMap();
const page = {};
const streamMs = 4_000;
let quietAt = performance.now();
const creditMost = 16;
let credit = creditMost;

// Whether nothing happened to `thing` for a while, nor much to the page: where changes stream in, only the first are worth an
// animation. What always moves shows nothing, and keeps the browser painting all the time. Style sheets see such a page by
// the class `streaming`.
export function rested(thing) {
  if (isQuiet(page)) {
    credit = creditMost;
    quietAt = performance.now();
  }
  document.documentElement.classList.toggle("streaming", performance.now() - quietAt > streamMs);
  return isQuiet(thing) && credit-- > 0;
}

function isQuiet(thing) {
  const now = performance.now();
  const before = lately.get(thing);
  lately.set(thing, now);
  return before === undefined || now - before >= restMs;
}
