// Commands whose answers are awaited, each told from the others by its `ref`.

import { BtpayError } from "./errors.js";

export class Requests {
  #timers;
  #timeoutMs;
  #waiting = new Map();
  #last = 0;

  constructor({ timers, timeoutMs }) {
    this.#timers = timers;
    this.#timeoutMs = timeoutMs;
  }

  // Gives the message to send and a promise of its answer.
  open(command) {
    const message = { ...command, ref: `c${++this.#last}` };
    const answer = new Promise((resolve, reject) => {
      const timer = this.#timers.setTimeout(
        () => this.#take(message.ref)?.reject(new BtpayError("timeout", `${command.command}: no answer`)),
        this.#timeoutMs,
      );
      this.#waiting.set(message.ref, { message, resolve, reject, timer });
    });
    return { message, answer };
  }

  // Settles what the message answers.
  answer(message) {
    const request = message.ref === undefined ? undefined : this.#take(message.ref);
    if (!request) return;
    if (message.type === "error") request.reject(new BtpayError(message.code, message.message));
    else request.resolve(message);
  }

  // What has no answer yet, in order. All commands may be sent again: done twice is done once.
  get unanswered() {
    return [...this.#waiting.values()].map(({ message }) => message);
  }

  // Nothing will be answered any more.
  abandon(code, reason) {
    for (const ref of [...this.#waiting.keys()]) this.#take(ref).reject(new BtpayError(code, reason));
  }

  #take(ref) {
    const request = this.#waiting.get(ref);
    if (!request) return undefined;
    this.#waiting.delete(ref);
    this.#timers.clearTimeout(request.timer);
    return request;
  }
}
