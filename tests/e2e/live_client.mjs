// The JavaScript client library as a program that a test steers: node live_client.mjs URL COOKIE HASTE OPTIONS
// Prints a JSON text per line: {"event", "value"} for what the client tells, {"answer", "value"} for what it was asked. Each
// line on stdin is {"ask", "method", "arguments"}. Waits are divided by HASTE.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { BtpayClient } from "../../clients/js/src/btpay-client.js";

// Debian puts modules where only its own build of Node looks for them by name.
const WebSocket = createRequire(import.meta.url)("/usr/share/nodejs/ws");
const [url, cookie, haste, options] = process.argv.slice(2);

const client = new BtpayClient({
  url,
  WebSocket,
  socketOptions: { headers: { Cookie: `sessionid=${cookie}` } },
  // Cuts are seen at once here.
  heartbeatMs: 2 ** 30,
  timers: { setTimeout: (action, ms) => setTimeout(action, ms > 30_000 ? ms : ms / Number(haste)), clearTimeout },
  ...JSON.parse(options),
});

const say = (line) => console.log(JSON.stringify(line));
client.on("state", ({ state }) => say({ event: "state", value: state }));
client.on("notification", (value) => say({ event: "notification", value }));
client.on("heal", ({ name, reason }) => say({ event: "heal", value: [name, reason] }));
client.on("view", ({ name, view }) => say({ event: "view", value: { ...view, name, current: view.current } }));

const asked = {
  // No message comes after the position that it leaves with.
  leave: () => (client.close(), client.position),
  statistics: () => client.statistics,
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { ask, method, arguments: given } = JSON.parse(line);
    try {
      say({ answer: ask, value: (await (asked[method]?.() ?? client[method](...given))) ?? null });
    } catch (error) {
      say({ answer: ask, error: { code: error.code ?? "gone", message: error.message } });
    }
  })
  .on("close", () => process.exit(0));

client.connect();
