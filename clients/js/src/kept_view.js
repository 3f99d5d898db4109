// One view as the client keeps it: its data, the position that the data stands for, and whether it can be trusted.

import { hashOf } from "./canonical.js";
import { fold, Misfit } from "./fold.js";

export class KeptView {
  name;
  // The `data` of the view as in a whole message; undefined until the first.
  data;
  // Of the pending view: how many there are and what they sum up to, beyond the items shown.
  count;
  amount;
  // The position and the moment of the last message applied; null where there is none to go on from.
  seq = null;
  timestamp = null;
  // When the whole view was asked for because something did not fit; null while all is well.
  askedAt = null;

  constructor(name) {
    this.name = name;
  }

  // Whether `data` is what the service had at `seq`.
  get current() {
    return this.seq !== null && this.askedAt === null;
  }

  // What `subscribe` says of it, or undefined.
  get position() {
    return this.current ? { seq: this.seq, timestamp: this.timestamp } : undefined;
  }

  // The data stays to be looked at, but nothing is folded into it any more.
  forget() {
    this.seq = this.timestamp = this.askedAt = null;
  }

  replace(message) {
    this.data = message.data;
    this.askedAt = null;
    this.#moveTo(message);
  }

  // Applies a delta. Gives "folded", "passed over" where the whole view is awaited, or why the whole view is needed: "gap",
  // "misfit" or "hash".
  apply(delta) {
    if (this.askedAt !== null) return "passed over";
    if (this.seq === null || delta.prev !== this.seq) return "gap";
    let after;
    try {
      after = fold(this.name, this.data, delta);
    } catch (error) {
      if (error instanceof Misfit || error instanceof TypeError) return "misfit";
      throw error;
    }
    if (delta.hash !== undefined && delta.hash !== hashOf(after)) return "hash";
    this.data = after;
    this.#moveTo(delta);
    return "folded";
  }

  #moveTo({ seq = null, timestamp = null, count, amount }) {
    this.seq = seq;
    this.timestamp = timestamp;
    if (this.name === "pending") Object.assign(this, { count, amount });
  }
}
