// Pictures of every page: on a desk and a phone, light and dark, empty, busy and in trouble. For looking at.
//   BTPAY_BIN=build/release/bin node tests/browser/screenshots.mjs TO [PART-OF-A-NAME]

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { closeAll, logIn, openBrowser } from "./browser.mjs";
import { household } from "./household.mjs";
import { password, Service, Wire } from "./service.mjs";

const [to = "build/screenshots", part = ""] = process.argv.slice(2);
const sizes = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

const live = (page) => page.waitForSelector('#state[data-state="live"]');
const paths = {
  dashboard: "/finance/bt-pay/",
  quiet: "/finance/bt-pay/live/",
  transactions: "/finance/bt-pay/transactions/",
  merchant: "/finance/bt-pay/merchant/Lidl/",
  analysis: "/finance/bt-pay/analysis/",
  operator: "/finance/bt-pay/operator/",
};

let service;
let wire;

// What is to be seen: the user, the path, and what happens before the picture.
const scenes = {
  login: { path: "/login" },
  "login-refused": { path: "/login?error=1" },
  ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [`${name}-busy`, { user: "ana", path }])),
  ...Object.fromEntries(Object.entries(paths).filter(([name]) => name !== "operator").map(([name, path]) => [`${name}-empty`, { user: "bogdan", path }])),
  // Those of the README.
  "readme-dashboard": { user: "ana", path: paths.dashboard, full: false },
  "readme-analysis": { user: "ana", path: paths.analysis, full: false },
  "readme-phone": { user: "ana", path: paths.dashboard, locale: "ro-RO", full: false },
  "dashboard-cut": { user: "ana", path: paths.dashboard, act: cut, full: false },
  "dashboard-why": { user: "ana", path: paths.dashboard, act: why, full: false },
  "dashboard-notices": { user: "ana", path: paths.dashboard, act: (page) => page.click("#bell"), full: false },
  "dashboard-menu": { user: "ana", path: paths.dashboard, act: (page) => page.click(".menu > summary"), full: false },
  "dashboard-room": { user: "ana", path: paths.dashboard, act: room },
  "dashboard-past": { user: "ana", path: paths.dashboard, act: past, full: false },
  "dashboard-romanian": { user: "ana", path: paths.dashboard, locale: "ro-RO" },
  "operator-open": { user: "ana", path: paths.operator, act: seeLogIns },
  "operator-forbidden": { user: "bogdan", path: paths.operator },
  "transactions-cut": { user: "ana", path: paths.transactions, act: search, full: false },
};

async function cut(page) {
  wire.cut();
  await page.waitForSelector('#state[data-state="reconnecting"]');
  await page.waitForFunction(() => /\d/.test(document.querySelector("#countdown").textContent));
}

async function why(page) {
  await page.click("#today-amount");
  await page.waitForFunction(() => document.querySelector("#why-sum").dataset.fits !== "");
}

async function past(page) {
  await page.locator("#time").evaluate((slider) => {
    slider.value = String(Number(slider.max) - 10 * 24);
    slider.dispatchEvent(new Event("input"));
  });
  await page.waitForSelector("#to-now:visible");
  await page.waitForLoadState("networkidle");
}

async function room(page) {
  await page.click("#machine-room > summary");
  await page.click('[data-command="request_pending"]');
  await page.locator("#log li").first().waitFor();
}

async function seeLogIns(page) {
  await page.locator("#log-ins tr").first().waitFor();
}

async function search(page) {
  wire.cut();
  await page.click("form button.primary");
  await page.waitForSelector("#problem:visible");
}

// A browser for each user and language.
const browsers = new Map();

async function pageOf(user, locale) {
  const key = `${user} ${locale}`;
  if (!browsers.has(key)) {
    const browser = await openBrowser({ locale, reducedMotion: "reduce" });
    browsers.set(key, browser);
    if (user) await logIn(browser.page, wire.origin, user, password);
  }
  return browsers.get(key).page;
}

async function picture(name, { user, path, act, locale = "en-GB", full = true }) {
  wire.heal();
  const page = await pageOf(user, locale);
  for (const [size, viewport] of Object.entries(sizes)) {
    wire.heal();
    await page.setViewportSize(viewport);
    await page.goto(wire.origin + path);
    await page.waitForSelector(user ? "#main:not([aria-busy]) >> visible=true" : "form");
    if (path === paths.dashboard) await live(page);
    // What came in the last minute rises again on each visit; the list has it.
    await page.evaluate(() => document.querySelectorAll(".toast").forEach((toast) => toast.remove()));
    await act?.(page);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (full) await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(to, `${name}-${size}-${colorScheme}.png`), fullPage: full });
    }
  }
}

mkdirSync(to, { recursive: true });
service = await Service.start(["ana", "admin"], "bogdan");
try {
  wire = await Wire.to(service.port);
  await service.import(household("ana"));
  await service.notify({ user: "ana", message: "A new merchant: Cărturești", level: "info" });
  await service.notify({ user: "ana", message: "Food is over its budget for November", level: "warning", amount: 1_630.5 });
  for (const [name, scene] of Object.entries(scenes)) {
    if (!name.includes(part)) continue;
    console.log(name);
    await picture(name, scene).catch((error) => console.log(`  ${error.message.split("\n")[0]}`));
  }
} finally {
  await closeAll();
  wire?.close();
  await service.stop();
}
