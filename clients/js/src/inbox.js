// The notifications of the user: each told once, and those that are unread.

// How many ids are remembered to tell a repetition. The service repeats only what followed a lost position.
const rememberedMax = 10_000;

export class Inbox {
  // By id, in the order of arrival.
  unread = new Map();
  // All notifications up to this position have come. Views run ahead of it, so it is kept apart from theirs.
  seq = 0;
  #seen = new Set();

  // True where it is new.
  receive(notification) {
    this.#reach(notification.seq);
    if (this.#seen.has(notification.id)) return false;
    this.#remember(notification.id);
    this.unread.set(notification.id, notification);
    return true;
  }

  // True where it was unread here.
  clear({ id, seq }) {
    this.#reach(seq);
    this.#remember(id);
    return this.unread.delete(id);
  }

  // Another log: its ids are others.
  forget() {
    this.unread.clear();
    this.#seen.clear();
    this.seq = 0;
  }

  #reach(seq = 0) {
    this.seq = Math.max(this.seq, seq);
  }

  #remember(id) {
    this.#seen.add(id);
    if (this.#seen.size > rememberedMax) this.#seen.delete(this.#seen.values().next().value);
  }
}
