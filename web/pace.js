// Draws what changes at most so often, always ending with the newest: a page may hear of a thousand payments a second,
// an eye sees ten.

const leastMs = 125;

// A function to be called with each new value; `draw` gets the newest when the browser paints next.
export function paced(draw, gapMs = leastMs) {
  let newest;
  let waiting = false;
  let drawnAt = -Infinity;
  const frame = () =>
    requestAnimationFrame((now) => {
      waiting = false;
      drawnAt = now;
      draw(newest);
    });
  return (value) => {
    newest = value;
    if (waiting) return;
    waiting = true;
    const wait = drawnAt + gapMs - performance.now();
    if (wait > 0) setTimeout(frame, wait);
    else frame();
  };
}
