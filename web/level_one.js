// The client's interface over level 1 of the protocol: whole views, and notifications from the other socket.

import { LiveSocket } from "./live_socket.js";

const viewOf = { dashboard_update: "dashboard", pending_update: "pending", hourly_update: "hourly", category_update: "categories" };
const answerOf = { auto_categorize: "auto_categorize_result", ping: "pong", request_data: "dashboard_update", request_pending: "pending_update", request_hourly: "hourly_update", request_categories: "category_update" };

export class LevelOne {
  state = "idle";
  retryAt = null;
  epoch = null;
  position = null;
  views = {};
  inbox = { unread: new Map(), seq: 0 };
  statistics = { connections: 0, reconnects: 0, messagesReceived: 0, bytesReceived: 0, messagesSent: 0, bytesSent: 0, wholes: 0, deltas: 0, heals: { gap: 0, misfit: 0, hash: 0 }, hashesFit: 0, smoothLatencyMs: null };
  #listeners = {};
  #waiting = [];
  #socket;

  on(event, listener) {
    (this.#listeners[event] ??= []).push(listener);
  }

  #emit(event, value) {
    for (const listener of this.#listeners[event] ?? []) listener(value);
  }

  connect() {
    if (this.#socket) {
      if (!this.#socket.live) this.#socket.connect();
      return;
    }
    this.#socket = new LiveSocket("/ws/btpay/live/", { onMessage: (message) => this.#take(message), onState: (state) => this.#enter(state) });
    new LiveSocket("/ws/btpay/notify/", {
      greets: false,
      onMessage: (message) => {
        if (message.id === undefined) return;
        this.inbox.unread.set(message.id, message);
        this.#emit("notification", message);
      },
      onState: () => {},
    });
  }

  close() {}

  #enter({ name, retryAt }) {
    this.state = name === "reconnecting" || name === "offline" ? "waiting" : name;
    this.retryAt = retryAt ?? null;
    if (name === "live") this.statistics.reconnects = this.statistics.connections++;
    this.#emit("state", { state: this.state, retryAt: this.retryAt });
  }

  #take(message) {
    this.statistics.messagesReceived++;
    this.statistics.bytesReceived += JSON.stringify(message).length;
    const name = viewOf[message.type];
    if (name) {
      this.statistics.wholes++;
      this.views[name] = { name, data: message.data, current: true };
      this.#emit("view", { name, view: this.views[name], data: message.data });
    }
    const at = this.#waiting.findIndex((one) => one.type === message.type || message.type === "error");
    if (at >= 0) {
      const [{ resolve, reject }] = this.#waiting.splice(at, 1);
      if (message.type === "error") reject(new Error(message.message));
      else resolve(message);
    }
    this.#emit("message", message);
  }

  request(command) {
    return new Promise((resolve, reject) => {
      this.statistics.messagesSent++;
      this.statistics.bytesSent += JSON.stringify(command).length;
      this.#waiting.push({ type: answerOf[command.command] ?? `${command.command}_result`, resolve, reject });
      if (!this.#socket.send(command)) reject(new Error("no connection"));
    });
  }

  ping = () => this.request({ command: "ping" });
  autoCategorize = () => this.request({ command: "auto_categorize" });
  categorize = (id, category) => this.request({ command: "categorize", id, category });
  uncategorize = (id) => this.request({ command: "uncategorize", id });
  explain = (view, field) => this.request({ command: "explain", view, field });
  asOf = (view, at) => this.request({ command: "as_of", view, at });
  read = (ids) => this.request({ command: "read", ids });
}
