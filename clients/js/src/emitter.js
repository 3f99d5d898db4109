// Events to call-backs and to asynchronous iterators.

export class Emitter {
  #listeners = new Map();

  // Gives a function that ends it.
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  emit(event, value) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(value);
  }

  // What happens from now on, until "end" is emitted. A newer value takes the place of one not yet read of the same
  // `keyOf(value)`; where that is undefined all are kept.
  iterate(event, keyOf = () => undefined) {
    const queue = [];
    let wake = null;
    let ended = false;
    const changed = () => wake?.();
    const leave = [
      this.on(event, (value) => {
        const key = keyOf(value);
        const older = key === undefined ? -1 : queue.findIndex((queued) => keyOf(queued) === key);
        if (older >= 0) queue.splice(older, 1);
        queue.push(value);
        changed();
      }),
      this.on("end", () => ((ended = true), changed())),
    ];
    const next = async () => {
      while (!queue.length && !ended) await new Promise((resolve) => (wake = resolve));
      return queue.length ? { value: queue.shift(), done: false } : { value: undefined, done: true };
    };
    const end = async () => {
      ended = true;
      leave.forEach((off) => off());
      changed();
      return { value: undefined, done: true };
    };
    return { next, return: end, [Symbol.asyncIterator]() { return this; } };
  }
}
