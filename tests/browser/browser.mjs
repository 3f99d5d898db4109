// A headless Chromium as people's browsers: empty profiles, nothing asked of other hosts.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.BTPAY_NODE_MODULES ?? new URL("node_modules", import.meta.url).pathname, "here.js"));
export const { chromium } = require("playwright-core");
export const executablePath = process.env.BTPAY_CHROMIUM ?? "/usr/bin/chromium";
export const axePath = require.resolve("axe-core/axe.min.js");

const args = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let chromiumItself;

// One process, started when it is first needed, for all browsers of a test: `closeAll` ends it.
async function running() {
  chromiumItself ??= chromium.launch({ executablePath, headless: true, args, chromiumSandbox: false });
  return chromiumItself;
}

export const closeAll = async () => (await chromiumItself)?.close();

// Each is a device of its own, with its own cookies.
export async function openBrowser(options = {}) {
  const context = await (await running()).newContext({ acceptDownloads: true, locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(30_000);
  return { context, page: await context.newPage(), close: () => context.close() };
}

export async function logIn(page, origin, name, password, path = "/finance/bt-pay/") {
  await page.goto(`${origin}/login?next=${encodeURIComponent(path)}`);
  await page.fill("#username", name);
  await page.fill("#password", password);
  await Promise.all([page.waitForURL(`**${path}`), page.press("#password", "Enter")]);
}
