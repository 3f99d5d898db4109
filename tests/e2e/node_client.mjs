// A client in another language and library: Debian's `ws` for Node. Usage: node node_client.mjs URL COOKIE
// Prints the types of the messages that greet it, then what each command was answered with, as one JSON object.

import { createRequire } from "node:module";

// Debian puts modules where only its own build of Node looks for them by name.
const WebSocket = createRequire(import.meta.url)("/usr/share/nodejs/ws");
const [url, cookie] = process.argv.slice(2);

const answers = {
  ping: ["pong"],
  request_data: ["dashboard_update"],
  request_pending: ["pending_update"],
  request_hourly: ["hourly_update"],
  request_categories: ["category_update"],
  auto_categorize: ["auto_categorize_result", "dashboard_update", "pending_update", "category_update"],
};

const deadline = setTimeout(() => fail("no answer within 20 s"), 20_000);

function fail(reason) {
  console.error(String(reason));
  process.exit(1);
}

const socket = new WebSocket(url, { headers: { Cookie: `sessionid=${cookie}` } });
const arrived = [];
let wake = () => {};
socket.on("message", (data, isBinary) => {
  if (isBinary) fail("a binary frame");
  arrived.push(JSON.parse(data).type);
  wake();
});
socket.on("error", fail);
socket.on("close", (code) => fail(`closed with ${code}`));

// The next message that is no part of the pair of every five seconds: a dashboard counts where one is due.
async function next(due) {
  for (;;) {
    const type = arrived.shift();
    if (type === undefined) await new Promise((resolve) => (wake = resolve));
    else if (type !== "periodic_update" && (type !== "dashboard_update" || due === type)) return type;
  }
}

const greeting = [];
for (const due of ["dashboard_update", "pending_update", "hourly_update", "category_update"]) {
  greeting.push(await next(due));
}
const heard = {};
for (const [command, types] of Object.entries(answers)) {
  socket.send(JSON.stringify({ command }));
  heard[command] = [];
  for (const due of types) heard[command].push(await next(due));
}
clearTimeout(deadline);
socket.removeAllListeners("close");
socket.close();
console.log(JSON.stringify({ greeting, heard }));
