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
