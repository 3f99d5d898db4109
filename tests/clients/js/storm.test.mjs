// Any loss, in any order: the client ends up with what the service has, and with each notification once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BtpayClient, canonical } from "../../../clients/js/src/btpay-client.js";
import { nearby, randomData } from "./differ.mjs";
import { FakeService } from "./fake_service.mjs";
import { FakeTime } from "./fake_time.mjs";
import { seeded } from "./seed.mjs";

const views = Object.keys(randomData);
const settlingChanges = 9;

// What may happen to a message: it arrives, is lost (deltas only: nothing tells of a lost notification but its line's end),
// is cut short, or has a digit changed.
function spoiling(random) {
  return (text) => {
    if (!text.includes("_delta")) return random.below(40) ? text : text.slice(0, random.below(text.length));
    const fate = random.below(20);
    if (fate === 0) return null;
    if (fate === 1) return text.replace(/"amount":-?\d/, (found) => `${found}9`);
    return fate === 2 ? text.slice(0, random.below(text.length)) : text;
  };
}

function step(random, service, time) {
  const view = random.pick(views);
  const deed = random.below(10);
  if (deed < 5) service.change(view, nearby(view, service.data(view), random));
  else if (deed < 6) service.notify(`number ${service.seq}`);
  else if (deed < 7) service.cut();
  else if (deed < 8) time.advance(random.below(40_000));
  else service.accept();
}

test("a client through any losses ends up with what the service has", () => {
  const random = seeded();
  for (let round = 0; round < 40; round++) {
    const service = new FakeService(Object.fromEntries(views.map((view) => [view, randomData[view](random)])));
    const time = new FakeTime();
    const told = [];
    const { clock, timers } = time;
    const client = new BtpayClient({ url: "ws://h/", WebSocket: service.WebSocket, clock, timers, random: () => random.next() });
    client.on("notification", ({ id }) => told.push(id));
    client.connect();
    service.onItsWay = spoiling(random);
    for (let i = 0; i < 150; i++) step(random, service, time);

    service.onItsWay = (text) => text;
    time.advance(30_000);
    service.accept();
    // A hash comes with every eighth delta.
    for (const view of views)
      for (let i = 0; i < settlingChanges; i++) service.change(view, nearby(view, service.data(view), random)), time.advance(5_000);
    for (const view of views) assert.equal(canonical(client.views[view].data), canonical(service.data(view)), view);
    assert.deepEqual(told, service.notifications.map(({ id }) => id));
    client.close();
  }
});
