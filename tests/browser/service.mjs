// A real btpayd with a store of its own, reached through a wire that can be cut.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = process.env.BTPAY_BIN ?? "build/release/bin";
const startedMs = 60_000;
// The pages beside these tests, wherever the service was built.
const tree = new URL("../../", import.meta.url).pathname;
const pages = [`${tree}web`, `${tree}clients/js/src`, "/usr/share/javascript/chart.js/chart.min.js"];
export const password = "correct horse battery staple";

export class Service {
  #process;
  #folder = mkdtempSync(join(tmpdir(), "btpay-pages-"));
  #rows = 0;

  // Each a name, or a name and its role.
  static async start(...users) {
    const service = new Service();
    for (const [name, role = "member"] of users.map((user) => [user].flat()))
      service.#tool("btpay-admin", ["user", "add", name, "--password-stdin", "--role", role], `${password}\n`);
    service.token = service.#tool("btpay-admin", ["token", "create", "--scope", "ingest"]).trim();
    service.adminToken = service.#tool("btpay-admin", ["token", "create", "--scope", "admin"]).trim();
    await service.#listen();
    return service;
  }

  #tool(name, args, input = "") {
    return execFileSync(join(bin, name), ["--data", this.#data, ...args], { input, encoding: "utf8", env: environment() });
  }

  get #data() {
    return join(this.#folder, "data");
  }

  async #listen() {
    const portFile = join(this.#folder, "port");
    // However the test ends, the service ends with it.
    this.#process = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", join(bin, "btpayd"), "--data", this.#data, "--listen", "127.0.0.1:0", "--port-file", portFile, "--web", pages.join(":")],
      { stdio: ["ignore", "pipe", "inherit"], env: environment() },
    );
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("btpayd says nothing")), startedMs);
      this.#process.stdout.once("data", () => resolve(clearTimeout(late)));
      this.#process.once("exit", (code) => reject(new Error(`btpayd ended with ${code}`)));
    });
    this.port = Number(readFileSync(portFile, "utf8"));
    this.origin = `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    const code = await ended;
    rmSync(this.#folder, { recursive: true, force: true });
    return code;
  }

  // A payment of `user`; its amount is what was spent.
  async pay(user, spent, fields = {}) {
    const number = ++this.#rows;
    const row = {
      external_id: `page-${number}`,
      source: "pages",
      user,
      date: new Date().toISOString(),
      amount: `-${spent}`,
      currency: "RON",
      description: `BT Pay - Lidl ${number}`,
      ...fields,
    };
    return this.#post("/api/v1/transactions", this.token, row);
  }

  import(rows) {
    return this.#post("/api/v1/transactions", this.token, { transactions: rows });
  }

  setRole(user, role) {
    this.#tool("btpay-admin", ["user", "set", user, "--role", role]);
  }

  notify(body) {
    return this.#post("/api/v1/notifications", this.adminToken, body);
  }

  async #post(path, token, body) {
    const answer = await fetch(this.origin + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

// Between a browser and the service: `cut` ends what is open and lets nothing in, until `heal`.
export class Wire {
  #sockets = new Set();
  #whole = true;

  static async to(port) {
    const wire = new Wire();
    wire.server = net.createServer((near) => {
      if (!wire.#whole) return near.destroy();
      const far = net.connect(port, "127.0.0.1");
      for (const socket of [near, far]) {
        wire.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          wire.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise((resolve) => wire.server.listen(0, "127.0.0.1", resolve));
    wire.origin = `http://127.0.0.1:${wire.server.address().port}`;
    return wire;
  }

  cut() {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal() {
    this.#whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }
}

// Ours, without settings of btpay that the shell may have.
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BTPAY_")));
}
