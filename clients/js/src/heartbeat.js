// Tells a line that is dead from one that is silent.

export class Heartbeat {
  #everyMs;
  #answerMs;
  #timers;
  #ping;
  #dead;
  #timer;
  #awaiting = false;

  // Calls `ping` every `everyMs`, and `dead` where nothing at all is heard within `answerMs` after one.
  constructor({ everyMs, answerMs, timers, ping, dead }) {
    this.#everyMs = everyMs;
    this.#answerMs = answerMs;
    this.#timers = timers;
    this.#ping = ping;
    this.#dead = dead;
    this.#rest(everyMs);
  }

  heard() {
    this.#awaiting = false;
  }

  stop() {
    this.#timers.clearTimeout(this.#timer);
  }

  #rest(ms) {
    this.#timer = this.#timers.setTimeout(() => {
      this.#awaiting = true;
      this.#timer = this.#timers.setTimeout(() => this.#judge(), this.#answerMs);
      this.#ping();
    }, ms);
  }

  #judge() {
    if (this.#awaiting) this.#dead();
    else this.#rest(this.#everyMs - this.#answerMs);
  }
}
