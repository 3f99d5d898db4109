// What the pages cost: bytes to load them, the time until the first number can be read, and the processor time of a tab
// that is open while payments come. Needs `npm ci` in tests/browser. Everything stays on 127.0.0.1.
//   BTPAY_BIN=build/release/bin node bench/pages.mjs [--rate 1000] [--seconds 10] [--rows 1]

import http from "node:http";
import { parseArgs } from "node:util";

import { chromium, executablePath, logIn } from "../tests/browser/browser.mjs";
import { household } from "../tests/browser/household.mjs";
import { password, Service } from "../tests/browser/service.mjs";

const { values } = parseArgs({
  options: { rate: { type: "string", default: "1000" }, seconds: { type: "string", default: "10" }, rows: { type: "string", default: "1" } },
});
const [rate, seconds, rows] = [values.rate, values.seconds, values.rows].map(Number);
const visits = 9;
const paths = {
  dashboard: "/finance/bt-pay/",
  quiet: "/finance/bt-pay/live/",
  transactions: "/finance/bt-pay/transactions/",
  analysis: "/finance/bt-pay/analysis/",
  merchant: "/finance/bt-pay/merchant/Lidl/",
  operator: "/finance/bt-pay/operator/",
};

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Bytes as they cross the wire, headers included, with an empty cache.
async function weigh(page, url) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  let [requests, bytes] = [0, 0];
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => {
    requests++;
    bytes += encodedDataLength;
  });
  await page.goto(url, { waitUntil: "networkidle" });
  await cdp.detach();
  return { requests, kilobytes: bytes / 1_000 };
}

// From the beginning of the navigation to the frame that shows today's sum.
async function firstNumber(page, url, cold) {
  const cdp = await page.context().newCDPSession(page);
  if (cold) await cdp.send("Network.clearBrowserCache");
  await page.goto("about:blank");
  await page.goto(url);
  await page.waitForFunction(() => window.firstNumberMs !== undefined);
  await cdp.detach();
  return page.evaluate(() => window.firstNumberMs);
}

const watchFirstNumber = () => {
  const look = () => {
    if (/\d/.test(document.querySelector("#today-amount")?.textContent ?? "")) {
      requestAnimationFrame(() => setTimeout(() => (window.firstNumberMs = performance.now())));
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

// `rate` payments a second, `rows` in each POST, evenly. Gives how many were acknowledged.
function pour(service) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const begun = performance.now();
  let [sent, acknowledged, underWay] = [0, 0, 0];
  const post = () => {
    const batch = Array.from({ length: rows }, () => ({
      external_id: `poured-${sent++}`,
      source: "bench",
      user: "ana",
      date: new Date().toISOString(),
      amount: "-1.00",
      currency: "RON",
      description: `BT Pay - Shop ${sent % 40}`,
      status: sent % 2 ? "pending" : "synced",
    }));
    const request = http.request(
      { agent, port: service.port, path: "/api/v1/transactions", method: "POST", headers: { Authorization: `Bearer ${service.token}`, "Content-Type": "application/json" } },
      (answer) => answer.on("end", () => (acknowledged += answer.statusCode === 200 ? rows : 0)).resume(),
    );
    underWay++;
    request.on("close", () => underWay--);
    request.end(JSON.stringify({ transactions: batch }));
  };
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - begun) / 1_000;
      while (elapsed < seconds && sent < elapsed * rate) post();
      if (elapsed >= seconds && underWay === 0) {
        clearInterval(timer);
        agent.destroy();
        resolve(acknowledged);
      }
    }, 5);
  });
}

// Processor seconds of the tab's process.
async function tabSeconds(browser, page) {
  const [wide, narrow] = [await browser.newBrowserCDPSession(), await page.context().newCDPSession(page)];
  const { processInfo } = await wide.send("SystemInfo.getProcessInfo");
  await narrow.send("Performance.enable");
  const { metrics } = await narrow.send("Performance.getMetrics");
  // There is one page; a spare renderer of the browser does nothing.
  const whole = Math.max(...processInfo.filter(({ type }) => type === "renderer").map(({ cpuTime }) => cpuTime));
  return { whole, heap: metrics.find(({ name }) => name === "JSHeapUsedSize").value };
}

async function busyTab(browser, page, service) {
  await page.goto(service.origin + paths.dashboard);
  await page.waitForSelector('#state[data-state="live"]');
  const [shownBefore, before] = [await page.textContent("#today-note"), await tabSeconds(browser, page)];
  const begun = performance.now();
  const poured = await pour(service);
  const took = (performance.now() - begun) / 1_000;
  const after = await tabSeconds(browser, page);
  const part = ((100 * (after.whole - before.whole)) / took).toFixed(1);
  console.log(`${(poured / took).toFixed(0)} payments/s in POSTs of ${rows}, ${took.toFixed(1)} s: tab ${part} % of a core`);
  console.log(`heap ${(before.heap / 1e6).toFixed(1)} -> ${(after.heap / 1e6).toFixed(1)} MB; "${shownBefore}" -> "${await page.textContent("#today-note")}"`);
}

const service = await Service.start(["ana", "admin"]);
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
try {
  await service.import(household("ana"));
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
  page.setDefaultTimeout(120_000);
  await logIn(page, service.origin, "ana", password);
  for (const [name, path] of Object.entries(paths)) {
    const { requests, kilobytes } = await weigh(page, service.origin + path);
    console.log(`${name}: ${requests} requests, ${kilobytes.toFixed(1)} kB`);
  }
  await page.addInitScript(watchFirstNumber);
  for (const cold of [true, false]) {
    const took = [];
    for (let n = 0; n < visits; n++) took.push(await firstNumber(page, service.origin + paths.dashboard, cold));
    console.log(`first number, ${cold ? "empty" : "warm"} cache: median ${median(took).toFixed(0)} ms of ${visits}, most ${Math.max(...took).toFixed(0)} ms`);
  }
  await busyTab(browser, page, service);
} finally {
  await browser.close();
  await service.stop();
}
