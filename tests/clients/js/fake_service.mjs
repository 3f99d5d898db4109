// The service's side of level 2, as docs/PROTOCOL.md tells it, in memory: what is sent arrives at once, unless a test spoils it.

import { hashOf } from "../../../clients/js/src/btpay-client.js";
import { difference } from "./differ.mjs";

const kinds = { dashboard: "dashboard", pending: "pending", hourly: "hourly", categories: "category" };
const requests = {
  request_data: "dashboard",
  request_pending: "pending",
  request_hourly: "hourly",
  request_categories: "categories",
};
const hashEvery = 8;

export class FakeService {
  epoch = "0123456789ab";
  seq = 1;
  // Of each view: every state that it had, as [seq, data].
  history = {};
  notifications = [];
  sockets = [];
  // All that clients sent, parsed.
  received = [];
  // How a text fares on its way to the client: as it is, changed, or null where it is lost.
  onItsWay = (text) => text;
  // Answers a command with the members of its answer; undefined for no answer.
  answers = () => ({ changed: 1 });

  constructor(data) {
    for (const [view, first] of Object.entries(data)) this.history[view] = [[1, first]];
    const service = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url) {
        super(service, url);
        service.sockets.push(this);
      }
    };
  }

  data(view) {
    return this.history[view].at(-1)[1];
  }

  get live() {
    return this.sockets.filter((socket) => socket.state === "open");
  }

  // Lets in whoever knocks.
  accept() {
    for (const socket of this.sockets) if (socket.state === "connecting") socket.open();
  }

  cut(code = 1006) {
    for (const socket of this.live) socket.end(code);
  }

  change(view, data) {
    this.history[view].push([++this.seq, data]);
    for (const socket of this.live) socket.sendDelta(view);
  }

  notify(message) {
    const seq = ++this.seq;
    const notification = { type: "notification", epoch: this.epoch, seq, id: seq, message, level: "info", timestamp: "T" };
    this.notifications.push(notification);
    for (const socket of this.live) if (socket.views) socket.send(notification);
    return seq;
  }

  clear(id) {
    this.notifications = this.notifications.filter((one) => one.id !== id);
    const message = { type: "notification_cleared", epoch: this.epoch, seq: ++this.seq, id, how: "read", timestamp: "T" };
    for (const socket of this.live) if (socket.views) socket.send(message);
  }
}

class FakeSocket {
  state = "connecting";
  // The views subscribed to, each with the position of the last message and how many deltas there were.
  views = null;

  constructor(service, url) {
    this.service = service;
    this.url = url;
  }

  open() {
    this.state = "open";
    this.onopen();
  }

  end(code) {
    this.state = "closed";
    this.onclose?.({ code });
  }

  close() {
    this.state = "closed";
  }

  // From the service.
  send(message) {
    if (typeof message === "string") return this.#hear(JSON.parse(message));
    const text = this.service.onItsWay(JSON.stringify(message));
    if (text !== null && this.state === "open") this.onmessage?.({ data: text });
  }

  #hear(command) {
    this.service.received.push(command);
    const ref = command.ref === undefined ? {} : { ref: command.ref };
    if (command.command === "subscribe") this.#subscribe(command);
    else if (command.command === "ping") this.send({ type: "pong", timestamp: "T", ...ref });
    else if (requests[command.command]) this.sendWhole(requests[command.command], ref);
    else {
      const answer = this.service.answers(command);
      const { epoch, seq } = this.service;
      if (answer) this.send({ type: `${command.command}_result`, epoch, seq, timestamp: "T", ...ref, ...answer });
    }
  }

  #subscribe({ views, resume }) {
    const { epoch, seq, history, notifications } = this.service;
    const recovered = resume?.epoch === epoch && resume.seq <= seq;
    this.views = {};
    this.send({ type: "subscribed", epoch, seq, recovered, views, timestamp: "T" });
    for (const view of views.filter((name) => name in history)) {
      const kept = recovered ? resume.views[view] : undefined;
      if (kept && history[view].some(([at]) => at === kept.seq)) {
        this.views[view] = { seq: kept.seq, deltas: 0 };
        this.sendDelta(view, true);
      } else this.sendWhole(view);
    }
    for (const one of notifications) if (!recovered || one.seq > resume.seq) this.send(one);
  }

  sendWhole(view, ref = {}) {
    const { epoch, seq, history } = this.service;
    const [at, data] = history[view].at(-1);
    if (this.views) this.views[view] = { seq: at, deltas: 0 };
    const totals = view === "pending" ? { count: data.length, amount: 0 } : {};
    this.send({ type: `${kinds[view]}_update`, epoch, seq: at ?? seq, data, ...totals, timestamp: "T", ...ref });
  }

  sendDelta(view, hashed = false) {
    const sent = this.views?.[view];
    if (!sent) return;
    const { epoch, history } = this.service;
    const [at, data] = history[view].at(-1);
    const before = history[view].find(([seq]) => seq === sent.seq)[1];
    const hash = hashed || ++sent.deltas % hashEvery === 0 ? { hash: hashOf(data) } : {};
    const totals = view === "pending" ? { count: data.length, amount: 0 } : {};
    const delta = { type: `${kinds[view]}_delta`, epoch, seq: at, prev: sent.seq, ...difference(view, before, data), ...totals };
    sent.seq = at;
    this.send({ ...delta, ...hash, timestamp: "T" });
  }
}
