// A clock and timers that stand still until a test moves them.

export class FakeTime {
  now = 0;
  #due = new Map();
  #last = 0;

  clock = () => this.now;
  timers = {
    setTimeout: (action, ms) => {
      this.#due.set(++this.#last, { action, at: this.now + ms });
      return this.#last;
    },
    clearTimeout: (timer) => this.#due.delete(timer),
  };

  // Moves on, and does what falls due, in its order.
  advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.#due].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      this.#due.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].action();
    }
    this.now = end;
  }
}
