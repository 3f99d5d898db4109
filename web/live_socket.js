// A WebSocket that comes back. Tells its owner of messages and of its state; knows nothing of what is in them.

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

// The service speaks every 5 s. Silence beyond this draws a ping, and twice this means that the line is dead, which
// a browser may not notice for minutes.
const silenceMs = 10_000;

// Close code: the service refuses this client for good (RFC 6455, 7.4.1).
const policyViolation = 1008;

// How long to wait before attempt `failures` + 1: doubling from 1 s to 30 s, a random half of it, so that the clients of a
// restarted service do not all come at once.
export function backOffMs(failures, random = Math.random) {
  const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
  return longest / 2 + (longest / 2) * random();
}

export class LiveSocket {
  #path;
  #onMessage;
  #onState;
  #socket = null;
  #failures = 0;
  #retryAt = 0;
  #retryTimer = 0;
  #heardAt = 0;
  #greets;

  // `onMessage(message)` gets parsed JSON; `onState({name, retryAt})` each change, name being one of connecting, live,
  // reconnecting (at `retryAt`, milliseconds since the epoch), offline and refused. `greets` is false for a socket that
  // may be silent for long.
  constructor(path, { onMessage, onState, greets = true }) {
    this.#path = path;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#greets = greets;
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.#drop("offline"));
    // A page that comes out of the background or the browser's cache finds its timers late and its socket gone.
    addEventListener("pageshow", (event) => event.persisted && this.connect());
    document.addEventListener("visibilitychange", () => document.hidden || this.#socket || this.connect());
    setInterval(() => this.#watch(), silenceMs / 2);
    this.connect();
  }

  get live() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // Tries now, whatever the back-off says.
  connect() {
    clearTimeout(this.#retryTimer);
    this.#leave();
    if (!navigator.onLine) {
      this.#onState({ name: "offline" });
      return;
    }
    this.#onState({ name: "connecting" });
    const url = new URL(this.#path, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onopen = () => this.#onState({ name: "live" });
    socket.onmessage = ({ data }) => {
      this.#heardAt = Date.now();
      this.#failures = 0;
      this.#onMessage(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.#drop(code === policyViolation ? "refused" : "reconnecting");
  }

  // False where there is no connection; nothing is kept for later.
  send(message) {
    if (!this.live) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #leave() {
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #drop(state) {
    clearTimeout(this.#retryTimer);
    this.#leave();
    if (state !== "reconnecting" || !navigator.onLine) {
      this.#onState({ name: state === "refused" ? "refused" : "offline" });
      return;
    }
    const delay = backOffMs(this.#failures++);
    this.#retryAt = Date.now() + delay;
    this.#retryTimer = setTimeout(() => this.connect(), delay);
    this.#onState({ name: "reconnecting", retryAt: this.#retryAt });
  }

  #watch() {
    if (!this.#socket || !this.#greets) return;
    const silent = Date.now() - this.#heardAt;
    if (silent > 2 * silenceMs) this.#drop("reconnecting");
    else if (silent > silenceMs) this.send({ command: "ping" });
  }
}
