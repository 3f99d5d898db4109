// A headless Chromium as a person's browser: an empty profile, nothing asked of other hosts.

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(join(process.env.BTPAY_NODE_MODULES ?? new URL("node_modules", import.meta.url).pathname, "here.js"));
export const { chromium } = require("playwright-core");
export const executablePath = process.env.BTPAY_CHROMIUM ?? "/usr/bin/chromium";
export const axePath = require.resolve("axe-core/axe.min.js");

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Each profile is a device of its own, with its own cookies.
export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "btpay-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args,
    chromiumSandbox: false,
    acceptDownloads: true,
    locale: "en-GB",
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export async function logIn(page, origin, name, password, path = "/finance/bt-pay/") {
  await page.goto(`${origin}/login?next=${encodeURIComponent(path)}`);
  await page.fill("#username", name);
  await page.fill("#password", password);
  await Promise.all([page.waitForURL(`**${path}`), page.press("#password", "Enter")]);
}
