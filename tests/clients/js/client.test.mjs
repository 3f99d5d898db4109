// The client against a service in memory, on a clock that stands still.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BtpayClient, BtpayError, canonical } from "../../../clients/js/src/btpay-client.js";
import { randomData } from "./differ.mjs";
import { FakeService } from "./fake_service.mjs";
import { FakeTime } from "./fake_time.mjs";
import { Random } from "./seed.mjs";

function setting(options = {}) {
  const random = new Random(7);
  const service = new FakeService(Object.fromEntries(Object.entries(randomData).map(([view, make]) => [view, make(random)])));
  const time = new FakeTime();
  const { clock, timers } = time;
  const client = new BtpayClient({
    url: "http://localhost/ws/btpay/live/",
    WebSocket: service.WebSocket,
    clock,
    timers,
    random: () => 0.5,
    ...options,
  });
  client.connect();
  service.accept();
  return { service, time, client, random };
}

const heard = (client, event) => {
  const all = [];
  client.on(event, (value) => all.push(value));
  return all;
};
const agrees = (client, service) => {
  for (const view of Object.keys(service.history)) {
    assert.equal(canonical(client.views[view].data), canonical(service.data(view)), view);
    assert.equal(client.views[view].seq, service.history[view].at(-1)[0], view);
  }
};
const times = (count, action) => Array.from({ length: count }, (_, i) => action(i));

test("a socket that is silent until subscribe is asked for", () => {
  const { service, client } = setting();
  assert.equal(service.sockets[0].url, "ws://localhost/ws/btpay/live/?level=2");
  assert.deepEqual(service.received, [{ command: "subscribe", views: ["dashboard", "pending", "hourly", "categories", "notifications"], deltas: true }]);
  assert.equal(client.state, "live");
  agrees(client, service);
});

test("an interval is asked for where one is wanted", () => {
  const { service } = setting({ intervalMs: 125 });
  assert.equal(service.received[0].interval_ms, 125);
});

test("the bytes of a message are counted, not its characters", () => {
  const { client } = setting();
  const before = client.statistics.bytesReceived;
  client.statistics.received("ascii");
  client.statistics.received("Mi\u021bu \u2615");
  assert.equal(client.statistics.bytesReceived - before, 5 + 9);
});

test("deltas are folded and hashes are proved", () => {
  const { service, client, random } = setting();
  times(24, () => service.change("pending", randomData.pending(random)));
  agrees(client, service);
  assert.equal(client.statistics.deltas, 24);
  assert.equal(client.statistics.hashesFit, 3);
  assert.equal(client.views.pending.count, service.data("pending").length);
});

test("a lost delta is healed at the next one", () => {
  const { service, client, random } = setting();
  const heals = heard(client, "heal");
  service.onItsWay = () => null;
  service.change("hourly", randomData.hourly(random));
  service.onItsWay = (text) => text;
  service.change("hourly", randomData.hourly(random));
  agrees(client, service);
  assert.deepEqual(heals, [{ name: "hourly", reason: "gap" }]);
  assert.deepEqual(service.received.at(-1), { command: "request_hourly" });
});

test("a changed number is healed at the next hash", () => {
  const { service, client } = setting();
  const heals = heard(client, "heal");
  service.onItsWay = (text) => (text.includes("_delta") ? text.replace('"today_amount":77', '"today_amount":78') : text);
  times(8, (i) => service.change("dashboard", { today_amount: 77, pending_count: i }));
  agrees(client, service);
  assert.deepEqual(heals, [{ name: "dashboard", reason: "hash" }]);
});

test("deltas are passed over until the whole view comes, and it is asked for again where it is lost", () => {
  const { service, client, time, random } = setting();
  const asked = () => service.received.filter(({ command }) => command === "request_pending").length;
  service.onItsWay = () => null;
  service.change("pending", randomData.pending(random));
  service.onItsWay = (text) => (text.includes("pending_update") ? null : text);
  times(3, () => service.change("pending", randomData.pending(random)));
  assert.equal(asked(), 1);
  assert.equal(client.views.pending.current, false);
  // The request was heard, so the service goes on from there; the client, which did not get it, cannot.
  time.advance(5_000);
  service.onItsWay = (text) => text;
  service.change("pending", randomData.pending(random));
  assert.equal(asked(), 2);
  agrees(client, service);
});

test("a message that cannot be read ends the connection, and resuming brings it again", () => {
  const { service, client, time } = setting();
  const notifications = heard(client, "notification");
  service.onItsWay = (text) => text.slice(0, -3);
  service.notify("salary");
  service.onItsWay = (text) => text;
  assert.equal(client.state, "waiting");
  time.advance(1_000);
  service.accept();
  assert.deepEqual(notifications.map(({ message }) => message), ["salary"]);
});

test("a lost connection is resumed from its position, with deltas", () => {
  const { service, client, time, random } = setting();
  const first = service.notify("one");
  const at = client.views.pending.seq;
  service.cut();
  assert.equal(client.state, "waiting");
  assert.equal(client.retryAt, 750);
  service.change("pending", randomData.pending(random));
  service.notify("two");
  const notifications = heard(client, "notification");
  time.advance(750);
  service.accept();
  const { resume } = service.received.at(-1);
  assert.equal(resume.epoch, service.epoch);
  assert.equal(resume.seq, first);
  assert.deepEqual(resume.views.pending, { seq: at, timestamp: "T" });
  agrees(client, service);
  assert.deepEqual(notifications.map(({ message }) => message), ["two"]);
  assert.equal(client.statistics.reconnects, 1);
  assert.equal(client.statistics.wholes, 4);
});

test("another log throws away what was kept", () => {
  const { service, client, time } = setting();
  service.notify("of the old log");
  service.cut();
  service.epoch = "ba9876543210";
  service.notifications = [];
  service.notify("of the new log");
  time.advance(1_000);
  service.accept();
  assert.equal(client.epoch, "ba9876543210");
  assert.deepEqual([...client.inbox.unread.values()].map(({ message }) => message), ["of the new log"]);
  agrees(client, service);
});

test("the back-off doubles to half a minute, and starts anew after a success", () => {
  const { service, client, time } = setting();
  const waits = [];
  client.on("state", ({ state, retryAt }) => state === "waiting" && waits.push(retryAt - time.now));
  for (const _ of times(7, () => 0)) {
    service.sockets.at(-1).end(1006);
    time.advance(30_000);
  }
  service.accept();
  service.cut(1001);
  assert.deepEqual(waits, [750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 750]);
});

for (const code of [1008, 1009]) {
  test(`after ${code} nobody comes again`, async () => {
    const { service, client, time } = setting();
    service.answers = () => undefined;
    const answer = client.remove(1);
    service.cut(code);
    time.advance(100_000);
    assert.equal(service.sockets.length, 1);
    assert.deepEqual([client.state, client.closeCode], ["refused", code]);
    await assert.rejects(answer, BtpayError);
    await assert.rejects(client.ready());
  });
}

test("a line that is silent after a ping is given up", () => {
  const { service, client, time } = setting();
  time.advance(30_000);
  assert.equal(service.received.at(-1).command, "ping");
  time.advance(30_000);
  assert.equal(client.state, "live");
  service.onItsWay = () => null;
  time.advance(40_000);
  assert.equal(client.state, "waiting");
});

test("the time from ping to pong is measured", () => {
  const { service, client, time } = setting();
  service.onItsWay = (text) => ((time.now += 4), text);
  time.advance(30_000);
  assert.equal(client.statistics.latencyMs, 4);
});

test("each notification is told once and stays until it is cleared", () => {
  const { service, client } = setting();
  const told = heard(client, "notification");
  const cleared = heard(client, "cleared");
  const id = service.notify("one");
  service.live[0].send(service.notifications[0]);
  assert.equal(told.length, 1);
  assert.equal(client.statistics.repeatedNotifications, 1);
  service.clear(id);
  assert.equal(client.inbox.unread.size, 0);
  assert.deepEqual(cleared.map((one) => one.id), [id]);
});

test("each command is sent as the protocol names it, and gives its own answer", async () => {
  const { service, client } = setting();
  const sent = [
    [client.categorize(1, "food", { remember: true }), { command: "categorize", id: 1, category: "food", remember: true }],
    [client.uncategorize(1), { command: "uncategorize", id: 1 }],
    [client.remove(1), { command: "remove", id: 1 }],
    [client.restore(1), { command: "restore", id: 1 }],
    [client.match(2, 1), { command: "match", booked: 2, pending: 1 }],
    [client.unmatch(2), { command: "unmatch", booked: 2 }],
    [client.decline(2), { command: "decline", booked: 2 }],
    [client.forget("Lidl"), { command: "forget", merchant: "Lidl" }],
    [client.setAlerts({ new_merchant: true }), { command: "set_alerts", new_merchant: true }],
    [client.ack(5), { command: "ack", ids: [5] }],
    [client.read([5, 6]), { command: "read", ids: [5, 6] }],
    [client.explain("hourly", "3"), { command: "explain", view: "hourly", field: "3" }],
    [client.explain("pending", "count", { limit: 5, after: 9, at: "T", knownAt: "T2", seq: 0 }), { command: "explain", view: "pending", field: "count", limit: 5, after: 9, at: "T", known_at: "T2", seq: 0 }],
    [client.asOf(["pending", "hourly"], "T"), { command: "as_of", views: ["pending", "hourly"], at: "T" }],
    [client.asOf("pending", "T", undefined, 7), { command: "as_of", view: "pending", at: "T", seq: 7 }],
    [client.asOf("pending", "T", "T2"), { command: "as_of", view: "pending", at: "T", known_at: "T2" }],
    [client.requestReview(), { command: "request_review" }],
    [client.autoCategorize(), { command: "auto_categorize" }],
  ];
  const received = service.received.slice(1);
  assert.equal(new Set(received.map(({ ref }) => ref)).size, sent.length);
  for (const [i, [answer, command]] of sent.entries()) {
    assert.deepEqual(received[i], { ...command, ref: received[i].ref });
    assert.equal((await answer).ref, received[i].ref);
  }
});

test("all pages of an explanation are of one moment", async () => {
  const { service, client } = setting();
  const pages = [[3, 2], [1]];
  service.answers = ({ command }) =>
    command === "explain" && { type: "explanation", value: 6, at: "T", seq: 41, transactions: pages.shift(), next: pages.length ? 2 : null };
  const whole = await client.explainAll("dashboard", "today_amount");
  assert.deepEqual(whole.transactions, [3, 2, 1]);
  assert.equal(whole.next, null);
  const [first, second] = service.received.slice(1);
  assert.deepEqual({ ...first, ref: undefined }, { command: "explain", view: "dashboard", field: "today_amount", limit: 500, ref: undefined });
  assert.deepEqual({ ...second, ref: undefined }, { ...first, after: 2, at: "T", seq: 41, later: true, ref: undefined });
});

test("a refusal rejects with its code", async () => {
  const { service, client } = setting();
  service.answers = () => ({ type: "error", code: "unknown_item", message: "no such payment" });
  await assert.rejects(client.remove(9), (error) => error instanceof BtpayError && error.code === "unknown_item");
});

test("a command without an answer is sent again after a lost connection, and in the end given up", async () => {
  const { service, client, time } = setting();
  service.answers = () => undefined;
  const lost = client.remove(9);
  service.cut();
  const early = client.restore(9);
  service.answers = ({ command }) => (command === "restore" ? { changed: 1 } : undefined);
  time.advance(1_000);
  service.accept();
  assert.deepEqual(service.received.slice(-2).map(({ command }) => command), ["remove", "restore"]);
  assert.equal((await early).changed, 1);
  time.advance(60_000);
  await assert.rejects(lost, (error) => error.code === "timeout");
});

test("a position kept between runs is gone on from", () => {
  const { service, client, random } = setting();
  service.notify("seen");
  const position = JSON.parse(JSON.stringify(client.position));
  client.close();
  service.change("pending", randomData.pending(random));
  const later = new BtpayClient({ url: "ws://localhost/", WebSocket: service.WebSocket, resume: position, clock: () => 0, timers: new FakeTime().timers });
  const told = heard(later, "notification");
  later.connect();
  service.accept();
  agrees(later, service);
  assert.equal(told.length, 0);
  assert.equal(later.statistics.wholes, 0);
});

test("iterators give what changes, the newest of a view, and end with the client", async () => {
  const { service, client } = setting();
  await client.ready();
  const changes = client.changes();
  const notifications = client.notifications();
  times(3, (i) => service.change("dashboard", { pending_count: i }));
  service.notify("one");
  service.notify("two");
  client.close();
  const seen = [];
  for await (const { name, data } of changes) seen.push([name, data]);
  for await (const { message } of notifications) seen.push(message);
  assert.deepEqual(seen, [["dashboard", { pending_count: 2 }], "one", "two"]);
});

test("without a WebSocket the client says what it needs", () => {
  assert.throws(() => new BtpayClient({ url: "ws://localhost/", WebSocket: undefined }), /pass one/);
});
