// What passed over the line, counted.

const encoder = new TextEncoder();
// Most text is ASCII, and then there is nothing to encode.
const bytesOf = (text) => (/^[\0-\x7f]*$/.test(text) ? text.length : encoder.encode(text).length);

export class Statistics {
  connections = 0;
  reconnects = 0;
  messagesReceived = 0;
  bytesReceived = 0;
  messagesSent = 0;
  bytesSent = 0;
  wholes = 0;
  deltas = 0;
  passedOver = 0;
  // Why whole views were asked for.
  heals = { gap: 0, misfit: 0, hash: 0 };
  hashesFit = 0;
  notifications = 0;
  repeatedNotifications = 0;
  // From a ping to its pong, milliseconds: the last, and smoothed (an eighth of each new one).
  latencyMs = null;
  smoothLatencyMs = null;

  received(text) {
    this.messagesReceived++;
    this.bytesReceived += bytesOf(text);
  }

  sent(text) {
    this.messagesSent++;
    this.bytesSent += bytesOf(text);
  }

  connected() {
    if (this.connections++ > 0) this.reconnects++;
  }

  folded(outcome, delta) {
    if (outcome === "folded") {
      this.deltas++;
      if (delta.hash !== undefined) this.hashesFit++;
    } else if (outcome === "passed over") this.passedOver++;
    else this.heals[outcome]++;
  }

  answered(ms) {
    this.latencyMs = ms;
    this.smoothLatencyMs = this.smoothLatencyMs === null ? ms : this.smoothLatencyMs + (ms - this.smoothLatencyMs) / 8;
  }
}
