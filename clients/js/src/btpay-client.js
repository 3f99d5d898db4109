// A client of btpay's live socket at level 2 (docs/PROTOCOL.md): keeps the views of a user as the service has them,
// through lost connections and lost messages, and hands over each notification once.

import { backOffMs, isFinal } from "./back_off.js";
import { viewCommands, withCommands } from "./commands.js";
import { Emitter } from "./emitter.js";
import { Heartbeat } from "./heartbeat.js";
import { Inbox } from "./inbox.js";
import { KeptView } from "./kept_view.js";
import { Requests } from "./requests.js";
import { Statistics } from "./statistics.js";

export { canonical, hashOf } from "./canonical.js";
export { BtpayError } from "./errors.js";
export { fold, Misfit } from "./fold.js";

const viewOfType = { dashboard: "dashboard", pending: "pending", hourly: "hourly", category: "categories" };
const viewNames = Object.keys(viewCommands);
export const everything = [...viewNames, "notifications"];

// After a whole view was asked for and has not come, the next delta asks again.
const healAgainMs = 5_000;

const defaults = () => ({
  views: everything,
  deltas: true,
  intervalMs: 0,
  protocols: [],
  socketOptions: undefined,
  heartbeatMs: 30_000,
  answerMs: 10_000,
  commandTimeoutMs: 60_000,
  WebSocket: globalThis.WebSocket,
  clock: () => Date.now(),
  random: Math.random,
  timers: {
    setTimeout: (action, ms) => setTimeout(action, ms),
    clearTimeout: (timer) => clearTimeout(timer),
  },
});

class Connection {
  // By name; those that were not asked for stay empty.
  views = Object.fromEntries(viewNames.map((name) => [name, new KeptView(name)]));
  inbox = new Inbox();
  statistics = new Statistics();
  // idle, connecting, live, waiting (until `retryAt`), refused (with `closeCode`) or closed.
  state = "idle";
  retryAt = null;
  closeCode = null;
  // Of the service's log; null until it is known.
  epoch = null;

  #options;
  #url;
  #events = new Emitter();
  #requests;
  #socket = null;
  #heartbeat = null;
  // The last ping of the heartbeat.
  #pinged = { ref: null, at: 0 };
  #failures = 0;
  #retry;

  constructor(options) {
    this.#options = { ...defaults(), ...options };
    if (!this.#options.WebSocket) throw new TypeError("no WebSocket here: pass one as the option WebSocket");
    this.#url = levelTwo(this.#options.url);
    this.#requests = new Requests({ timers: this.#options.timers, timeoutMs: this.#options.commandTimeoutMs });
    if (options.resume) this.#takeUp(options.resume);
  }

  // -- life

  // Connects, and comes back whenever the connection is lost, until `close`. While it waits to retry, tries at once.
  connect() {
    if (this.#socket || this.state === "closed") return;
    this.#options.timers.clearTimeout(this.#retry);
    this.#enter("connecting");
    const { WebSocket, protocols, socketOptions } = this.#options;
    const socket = socketOptions ? new WebSocket(this.#url, protocols, socketOptions) : new WebSocket(this.#url, protocols);
    this.#socket = socket;
    socket.onopen = () => this.#subscribe();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#lose(code);
    // What failed is told by the close that follows.
    socket.onerror = () => {};
  }

  close() {
    this.#leave(1000);
    this.#options.timers.clearTimeout(this.#retry);
    this.#requests.abandon("closed", "the client was closed");
    this.#enter("closed");
    this.#events.emit("end");
  }

  // Resolves when all the views asked for are there and current.
  ready() {
    return new Promise((resolve, reject) => {
      const offs = [this.#events.on("view", () => look()), this.#events.on("state", () => look())];
      const look = () => {
        const gone = this.state === "closed" || this.state === "refused";
        if (!gone && !(this.state === "live" && this.#wantedViews().every((view) => view.current))) return;
        offs.forEach((off) => off());
        if (gone) reject(new Error(`the client is ${this.state}`));
        else resolve(this);
      };
      look();
    });
  }

  // -- events: view, notification, cleared, state, heal, message

  on(event, listener) {
    return this.#events.on(event, listener);
  }

  // As asynchronous iterators. A view that changes faster than it is read is given in its newest state.
  changes() {
    return this.#events.iterate("view", ({ name }) => name);
  }

  notifications() {
    return this.#events.iterate("notification");
  }

  // -- position: to be kept between runs and passed as the option `resume`

  get position() {
    if (this.epoch === null) return null;
    const kept = this.#wantedViews().filter((view) => view.current);
    return {
      epoch: this.epoch,
      seq: this.#wants("notifications") ? this.inbox.seq : Math.max(0, ...kept.map((view) => view.seq)),
      views: Object.fromEntries(kept.map((view) => [view.name, { ...view.position, data: view.data, count: view.count, amount: view.amount }])),
    };
  }

  // -- commands

  // Sends a command when the connection is there; sends it again where the connection is lost before the answer.
  request(command) {
    if (this.state === "closed" || this.state === "refused") return Promise.reject(new Error(`the client is ${this.state}`));
    const { message, answer } = this.#requests.open(command);
    if (this.state === "live") this.#send(message);
    return answer;
  }

  // -- inside

  #wants(name) {
    return this.#options.views.includes(name);
  }

  #wantedViews() {
    return viewNames.filter((name) => this.#wants(name)).map((name) => this.views[name]);
  }

  #takeUp({ epoch, seq, views }) {
    this.epoch = epoch;
    this.inbox.seq = seq;
    for (const [name, kept] of Object.entries(views)) this.views[name]?.replace(kept);
  }

  #enter(state) {
    this.state = state;
    if (state !== "waiting") this.retryAt = null;
    this.#events.emit("state", { state, retryAt: this.retryAt, closeCode: this.closeCode });
  }

  #subscribe() {
    const { views, deltas, intervalMs, heartbeatMs, answerMs, timers } = this.#options;
    this.statistics.connected();
    this.#heartbeat = new Heartbeat({
      everyMs: heartbeatMs,
      answerMs,
      timers,
      ping: () => this.#ping(),
      dead: () => this.#lose(1006),
    });
    const position = this.position;
    const resume = position && {
      epoch: position.epoch,
      seq: position.seq,
      views: Object.fromEntries(this.#wantedViews().filter((view) => view.current).map((view) => [view.name, view.position])),
    };
    const interval = intervalMs > 0 ? { interval_ms: intervalMs } : {};
    this.#send({ command: "subscribe", views, deltas, ...interval, ...(resume ? { resume } : {}) });
  }

  #send(message) {
    const text = JSON.stringify(message);
    this.statistics.sent(text);
    this.#socket.send(text);
  }

  #ping() {
    // Before `subscribed` too, so that a service that never answers is noticed.
    this.#pinged = { ref: `p${this.statistics.messagesSent}`, at: this.#options.clock() };
    this.#send({ command: "ping", ref: this.#pinged.ref });
  }

  #receive(text) {
    this.#heartbeat?.heard();
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      // Nobody knows what it was; resuming brings it again.
      this.#lose(1006);
      return;
    }
    this.statistics.received(text);
    this.#dispatch(message);
    this.#requests.answer(message);
    this.#events.emit("message", message);
  }

  #dispatch(message) {
    if (message.type === "subscribed") this.#onSubscribed(message);
    else if (message.type === "pong" && message.ref === this.#pinged.ref) {
      this.statistics.answered(this.#options.clock() - this.#pinged.at);
    } else if (this.state !== "live") return;
    else if (message.type === "notification") this.#onNotification(message);
    else if (message.type === "notification_cleared") {
      if (this.inbox.clear(message)) this.#events.emit("cleared", message);
    } else {
      const [, kind, form] = /^(dashboard|pending|hourly|category)_(update|delta)$/.exec(message.type) ?? [];
      if (kind) this.#onView(this.views[viewOfType[kind]], form, message);
    }
  }

  #onSubscribed({ epoch, recovered }) {
    if (!recovered) {
      for (const view of Object.values(this.views)) view.forget();
      if (this.epoch !== null) this.inbox.forget();
    }
    this.epoch = epoch;
    this.#failures = 0;
    this.#enter("live");
    for (const message of this.#requests.unanswered) this.#send(message);
  }

  #onNotification(notification) {
    if (notification.id === undefined) return;
    if (this.inbox.receive(notification)) {
      this.statistics.notifications++;
      this.#events.emit("notification", notification);
    } else this.statistics.repeatedNotifications++;
  }

  #onView(view, form, message) {
    if (form === "update") {
      view.replace(message);
      this.statistics.wholes++;
    } else {
      const outcome = message.epoch === this.epoch ? view.apply(message) : "gap";
      this.statistics.folded(outcome, message);
      if (outcome !== "folded") {
        this.#heal(view, outcome);
        return;
      }
    }
    this.#events.emit("view", { name: view.name, view, data: view.data, seq: view.seq });
  }

  #heal(view, reason) {
    const now = this.#options.clock();
    if (view.askedAt !== null && now - view.askedAt < healAgainMs) return;
    view.askedAt = now;
    this.#events.emit("heal", { name: view.name, reason });
    this.#send({ command: viewCommands[view.name] });
  }

  #leave(code) {
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Node's `ws` would wait half a minute for the other side of a dead line to take its leave.
    if (code === undefined && socket.terminate) socket.terminate();
    else socket.close(code);
  }

  #lose(code) {
    this.#leave();
    this.closeCode = code;
    for (const view of Object.values(this.views)) if (view.askedAt !== null) view.forget();
    if (isFinal(code)) {
      this.#requests.abandon("refused", `the service closed the connection for good (${code})`);
      this.#enter("refused");
      this.#events.emit("end");
      return;
    }
    const delay = backOffMs(this.#failures++, this.#options.random);
    this.retryAt = this.#options.clock() + delay;
    this.#retry = this.#options.timers.setTimeout(() => this.connect(), delay);
    this.#enter("waiting");
  }
}

// Asks for a socket that is silent until `subscribe`.
function levelTwo(url) {
  const full = new URL(url, globalThis.location?.href);
  full.protocol = { "http:": "ws:", "https:": "wss:" }[full.protocol] ?? full.protocol;
  full.searchParams.set("level", "2");
  return full.href;
}

export class BtpayClient extends withCommands(Connection) {}
