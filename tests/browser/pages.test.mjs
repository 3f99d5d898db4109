// What people do with the pages, in a real browser against the real service.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { axePath, closeAll, logIn, openBrowser } from "./browser.mjs";
import { password, Service, Wire } from "./service.mjs";

let service;
let browser;
let page;

const paths = {
  dashboard: "/finance/bt-pay/",
  quiet: "/finance/bt-pay/live/",
  transactions: "/finance/bt-pay/transactions/",
  analysis: "/finance/bt-pay/analysis/",
  merchant: "/finance/bt-pay/merchant/Lidl%201/",
  operator: "/finance/bt-pay/operator/",
};

// Amounts as the page shows them, in hundredths.
const hundredths = (text) => Math.round(Number(text.replace(/[^\d,.-]/g, "").replace(/,/g, "")) * 100);
const textOf = (where, selector) => where.locator(selector).innerText();
const settled = (where) => where.waitForSelector("#main:not([aria-busy]) >> visible=true");

async function live(where = page) {
  await where.waitForSelector('#state[data-state="live"]');
  await settled(where);
}

before(async () => {
  service = await Service.start(["ana", "admin"], "bogdan", ["olga", "admin"]);
  browser = await openBrowser();
  page = browser.page;
  page.on("pageerror", (error) => console.log(`# ${page.url()}: ${error.stack}`));
  for (const [spent, days] of [["10.10", 0], ["20.20", 0], ["7.45", 1], ["100.00", 3], ["64.99", 20]]) {
    await service.pay("ana", spent, {
      date: new Date(Date.now() - days * 86_400_000 - 1_000).toISOString(),
      status: days > 0 ? "synced" : "pending",
      merchant: days === 3 ? "IKEA" : "Lidl 1",
      category: days > 0 ? "shopping" : undefined,
    });
  }
  await service.pay("ana", "12.00", { merchant: "Eurowings", currency: "EUR" });
});

after(async () => {
  await closeAll();
  assert.equal(await service?.stop(), 0);
});

test("a wrong password is told, the right one opens the page that was wanted", async () => {
  await page.goto(service.origin + paths.transactions);
  assert.match(page.url(), /\/login\?next=/);
  await page.fill("#username", "ana");
  await page.fill("#password", "wrong");
  await page.press("#password", "Enter");
  await page.waitForSelector("#problem:visible");
  await logIn(page, service.origin, "ana", password, paths.transactions);
  assert.equal(new URL(page.url()).pathname, paths.transactions);
  await page.goto(service.origin + paths.dashboard);
  await live();
});

test("a payment appears on an open page without a reload", async () => {
  const payments = 12;
  await page.evaluate(() => (window.sameDocument = true));
  const took = [];
  for (let n = 0; n < payments; n++) {
    const name = `Shop ${n}`;
    // A page that has drawn just now waits a little before it draws again; what a person waits for begins at rest.
    await page.waitForFunction(() => performance.now() - (window.paintedAt ?? 0) > 300);
    await page.evaluate((wanted) => {
      window.painted = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (!document.querySelector("#pending").textContent.includes(wanted)) return;
          observer.disconnect();
          // The frame after the change is on the screen when the one behind it begins.
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              window.paintedAt = performance.now();
              resolve(performance.timeOrigin + window.paintedAt);
            }),
          );
        });
        observer.observe(document.querySelector("#pending"), { childList: true, subtree: true, characterData: true });
      });
    }, name);
    const posted = performance.timeOrigin + performance.now();
    await service.pay("ana", "1.00", { merchant: name });
    took.push((await page.evaluate(() => window.painted)) - posted);
  }
  took.sort((a, b) => a - b);
  console.log(`# from the POST to the pixels: median ${took[payments / 2].toFixed(0)} ms, most ${took.at(-1).toFixed(0)} ms`);
  assert.ok(took[payments / 2] < 1_000);
  assert.ok(await page.evaluate(() => window.sameDocument));
});

test("a payment is filed with one press, and that is undone with another", async () => {
  const before = await page.locator("#pending .row").count();
  await page.locator("#pending .row", { hasText: "Shop 3" }).locator("select").selectOption("travel");
  await page.locator("#pending .row", { hasText: "Shop 3" }).waitFor({ state: "detached" });
  await page.locator("#categories", { hasText: "Travel" }).waitFor();
  await page.locator(".toast.success button.quiet").click();
  await page.locator("#pending .row", { hasText: "Shop 3" }).waitFor();
  await page.locator("#categories", { hasText: "Travel" }).waitFor({ state: "hidden" }).catch(() => {});
  assert.equal(await page.locator("#categories .share", { hasText: "Travel" }).count(), 0);
  assert.equal(await page.locator("#pending .row").count(), before);

  const guessed = page.locator("#pending .row", { has: page.locator(".chip:visible") }).first();
  const key = await guessed.getAttribute("data-key");
  await guessed.locator(".chip").click();
  await page.waitForSelector(`#pending .row[data-key="${key}"]`, { state: "detached" });
});

test("every number of the dashboard is the sum of what it shows when pressed", async () => {
  await explainedAll(page);
  for (let hour = 0; hour < 24; hour++) await explained(page, () => page.locator("#hours .bar").nth(hour).click(), "hour");
});

async function explainedAll(where) {
  const figures = await where.locator("button[data-field]:visible").evaluateAll((all) => all.map(({ dataset }) => ({ ...dataset })));
  assert.ok(figures.length > 6, `${figures.length} figures`);
  for (const { view, field } of figures) {
    const figure = where.locator(`button[data-view="${view}"][data-field="${field}"]:visible`).first();
    const value = await explained(where, () => figure.click(), field);
    // What came just before the press is explained already, and drawn within some frames.
    let shown = await figure.textContent();
    for (let frame = 0; frame < 60 && hundredths(shown) !== hundredths(value); frame++) {
      await where.evaluate(() => new Promise(requestAnimationFrame));
      shown = await figure.textContent();
    }
    assert.equal(hundredths(value), hundredths(shown), `${field} shows ${shown} and explains ${value}`);
  }
}

async function explained(where, open, field) {
  await open();
  await where.waitForFunction(() => document.querySelector("#why-sum").dataset.fits !== "");
  const sum = where.locator("#why-sum");
  assert.equal(await sum.getAttribute("data-fits"), "true", `${field}: ${await sum.innerText()}`);
  // The page's own word for it is not enough.
  const value = await textOf(where, "#why-value");
  const rows = await where.locator("#why-rows tr").evaluateAll((all) => all.map(({ cells }) => [cells[1].textContent, cells[3].textContent]));
  const isMoney = /[^\d,.\s]/.test(value);
  const total = rows.map(([, amount]) => hundredths(amount)).reduce((a, b) => a + b, 0);
  const number = field === "month_merchants" ? new Set(rows.map(([name]) => name)).size : rows.length;
  assert.equal(isMoney ? total : number * 100, hundredths(value), field);
  await where.keyboard.press("Escape");
  return value;
}

test("a cut wire is told with a countdown, and heals with nothing lost", async () => {
  const wire = await Wire.to(service.port);
  const other = await openBrowser();
  try {
    await logIn(other.page, wire.origin, "ana", password);
    await live(other.page);
    const before = hundredths(await textOf(other.page, "#pending-amount"));
    wire.cut();
    await other.page.waitForSelector('#state[data-state="reconnecting"]');
    await other.page.waitForFunction(() => /\d/.test(document.querySelector("#countdown").textContent));
    assert.equal(hundredths(await textOf(other.page, "#pending-amount")), before, "the numbers stay readable");
    await service.pay("ana", "5.05", { merchant: "While away" });
    await service.notify({ user: "ana", message: "Posted while away" });
    wire.heal();
    // Unless the page has tried by itself meanwhile.
    await other.page.evaluate(() => document.querySelector("#retry:not([hidden])")?.click());
    await live(other.page);
    await other.page.locator("#pending .row", { hasText: "While away" }).waitFor();
    await other.page.locator(".toast", { hasText: "Posted while away" }).waitFor();
    await other.page.waitForFunction((sum) => document.querySelector("#pending-amount").textContent.replace(/\D/g, "") === sum, String(before + 505));
    assert.equal(await other.page.locator(".toast", { hasText: "Posted while away" }).count(), 1);
  } finally {
    await other.close();
    wire.close();
  }
});

test("two tabs of a user agree, and another user sees nothing of it", async () => {
  const tab = await browser.context.newPage();
  const stranger = await openBrowser();
  try {
    await tab.goto(service.origin + paths.dashboard);
    await live(tab);
    await logIn(stranger.page, service.origin, "bogdan", password);
    await live(stranger.page);
    await service.pay("ana", "3.33", { merchant: "Both tabs" });
    await service.notify({ user: "ana", message: "Read me once" });
    for (const one of [page, tab]) {
      await one.locator("#pending .row", { hasText: "Both tabs" }).waitFor();
      await one.locator(".toast", { hasText: "Read me once" }).waitFor();
    }
    await tab.click("#bell");
    await tab.click("#read-all");
    for (const one of [page, tab]) await one.waitForFunction(() => document.querySelector("#bell-count").textContent === "");
    await service.pay("bogdan", "4.44", { merchant: "His own" });
    await stranger.page.locator("#pending .row", { hasText: "His own" }).waitFor();
    const seen = await stranger.page.locator("body").innerText();
    assert.ok(!seen.includes("Both tabs") && !seen.includes("Read me once"));
    assert.equal(hundredths(await textOf(stranger.page, "#pending-amount")), 444);
  } finally {
    await tab.close();
    await stranger.close();
  }
});

async function slideBack(hours) {
  await page.focus("#time");
  await page.evaluate((back) => {
    const slider = document.querySelector("#time");
    slider.value = String(Number(slider.max) - back);
    slider.dispatchEvent(new Event("input"));
  }, hours);
}

test("the slider shows the page as it stood, its numbers add up too, and there is a way back to now", async () => {
  const now = await textOf(page, "#month-amount");
  // 2.5 days back: what was paid three days ago was the newest.
  await slideBack(60);
  await page.waitForFunction(() => document.querySelector("#recent .name")?.textContent === "IKEA");
  assert.match(await textOf(page, "#categories"), /100\.00/);
  await explainedAll(page);
  // 28 days back, from before all payments.
  await slideBack(28 * 24);
  await page.waitForFunction(() => document.querySelectorAll("#recent .row").length === 0);
  assert.match(await textOf(page, "#time-text"), /As of/);
  await service.pay("ana", "6.00", { merchant: "Behind the past" });
  await page.click("#to-now");
  await page.locator("#pending .row", { hasText: "Behind the past" }).waitFor();
  // What has no category yet is not part of the month.
  await page.waitForFunction((month) => document.querySelector("#month-amount").textContent === month, now);
});

test("the dashboard speaks Romanian, with amounts as they are written there", async () => {
  const romanian = await openBrowser({ locale: "ro-RO" });
  try {
    await logIn(romanian.page, service.origin, "ana", password);
    await live(romanian.page);
    assert.equal(await romanian.page.getAttribute("html", "lang"), "ro");
    assert.match(await textOf(romanian.page, "#today-amount"), /^\d+,\d\d\sRON$/);
    const shown = await romanian.page.locator("body").innerText();
    for (const word of ["Astăzi", "Luna aceasta", "În așteptare", "De încadrat", "Cumpărături"]) assert.ok(shown.includes(word), word);
    for (const word of ["Today", "Pending", "Shopping", "payment"]) assert.ok(!shown.includes(word), word);
    await romanian.page.click(".menu > summary");
    await romanian.page.getByLabel("Limba").selectOption("en");
    await romanian.page.waitForFunction(() => document.documentElement.lang === "en");
  } finally {
    await romanian.close();
  }
});

test("a keyboard is enough", async () => {
  await page.goto(service.origin + paths.dashboard);
  await live();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.focus("#today-amount");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#why[open]");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "today-amount");
  await page.focus("#hours");
  await page.keyboard.press("End");
  // Nothing was paid yet in an hour that has just begun.
  for (let hour = 0; hour < 23 && !/RON/.test(await textOf(page, "#hours-readout")); hour++) await page.keyboard.press("ArrowLeft");
  assert.match(await textOf(page, "#hours-readout"), /RON/);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#why[open]");
  await page.keyboard.press("Escape");

  const first = page.locator("#pending .row").first();
  const key = await first.getAttribute("data-key");
  await first.locator("button:visible, select").first().focus();
  if (await page.evaluate(() => document.activeElement.tagName === "SELECT")) await page.keyboard.press("f");
  else await page.keyboard.press("Enter");
  await page.waitForSelector(`#pending .row[data-key="${key}"]`, { state: "detached" });
  assert.ok(await page.evaluate(() => document.querySelector("#pending").contains(document.activeElement)), "the focus goes on");
});

const looks = {
  "light, on a desk": { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  "dark, on a phone": { colorScheme: "dark", viewport: { width: 390, height: 844 } },
};
for (const [look, { colorScheme, viewport }] of Object.entries(looks)) {
  test(`no page has a serious finding of axe, or is wider than its window: ${look}`, async () => {
    const looker = await openBrowser({ colorScheme, viewport, reducedMotion: "reduce" });
    try {
      await looker.page.goto(`${service.origin}/login?error=1`);
      await passes(looker.page, "log-in");
      await logIn(looker.page, service.origin, "ana", password);
      for (const [name, path] of Object.entries(paths)) {
        await looker.page.goto(service.origin + path);
        await settled(looker.page);
        if (name === "dashboard") await passesOpened(looker.page);
        if (name === "operator") await looker.page.locator("#log-ins tr").first().waitFor();
        await passes(looker.page, name);
      }
    } finally {
      await looker.close();
    }
  });
}

// What lies folded on the dashboard.
async function passesOpened(where) {
  await live(where);
  await where.click(".menu > summary");
  await passes(where, "menu");
  await where.keyboard.press("Escape");
  await where.click("#bell");
  await passes(where, "notifications");
  await where.keyboard.press("Escape");
  await where.click("#machine-room > summary");
}

async function passes(where, name) {
  // Through the debugger, which the page's policy does not concern.
  await where.evaluate(readFileSync(axePath, "utf8"));
  const { violations } = await where.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes[0].html} ${nodes[0].failureSummary}`), []);
  const [content, window] = await where.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${name} is ${content} wide in ${window}`);
}

const operatorLink = (where) => where.locator(".nav a", { hasText: "Operator" });

test("an operator sees who is logged in, and ends a log-in", async () => {
  const operator = await openBrowser();
  const stranger = await openBrowser();
  try {
    await logIn(stranger.page, service.origin, "bogdan", password);
    await live(stranger.page);
    await logIn(operator.page, service.origin, "olga", password);
    await operatorLink(operator.page).click();
    await operator.page.locator("#sockets tr", { hasText: "bogdan" }).waitFor();
    await operator.page.locator("#rates .metric", { hasText: "Log position" }).locator(".figure", { hasText: /\d/ }).waitFor();
    // Told to the stranger's page every five seconds, if nothing else happens.
    const card = (title) => operator.page.locator("#rates .metric", { hasText: title });
    await card("Projection lag").locator(".figure", { hasText: /^0$/ }).waitFor();
    await card("Stored views").locator(".figure", { hasText: /^generation \d+$/ }).waitFor();
    await card("Views rendered").locator(".note", { hasText: /told: .*\d\/s whole, .*\d\/s as deltas/ }).waitFor();
    await card("Log position").locator(".note", { hasText: /[\d.]+ .?B on the disk/ }).waitFor();
    await operator.page.locator("#log-ins tr", { hasText: "bogdan" }).last().getByRole("button").click();
    await operator.page.locator("#sockets tr", { hasText: "bogdan" }).waitFor({ state: "detached" });
    await stranger.page.waitForURL("**/login?next=*");
  } finally {
    await operator.close();
    await stranger.close();
  }
});

test("the operator's page is not offered to a member, who is told why it stays shut", async () => {
  const member = await openBrowser();
  try {
    await logIn(member.page, service.origin, "bogdan", password);
    await live(member.page);
    const told = await member.page.evaluate(async () => (await fetch("/finance/api/bt-pay/account/")).json());
    assert.equal(told.role, "member");
    assert.equal(await operatorLink(member.page).count(), 0);
    const answer = await member.page.goto(service.origin + paths.operator);
    assert.equal(answer.status(), 403);
    assert.match(await textOf(member.page, "#main"), /Not for this account[^]*operators[^]*--role admin/);
    await passes(member.page, "forbidden");
    await member.page.locator("#main a").click();
    await live(member.page);
  } finally {
    await member.close();
  }
});

test("a role that is taken shuts the operator's page within a second, and the link goes", async () => {
  const operator = await openBrowser();
  try {
    await logIn(operator.page, service.origin, "olga", password);
    await operator.page.goto(service.origin + paths.operator);
    await operator.page.locator("#log-ins tr").first().waitFor();
    service.setRole("olga", "member");
    await operator.page.getByRole("heading", { name: "Not for this account" }).waitFor();
    await operatorLink(operator.page).waitFor({ state: "detached" });
    service.setRole("olga", "admin");
    await operator.page.goto(service.origin + paths.dashboard);
    await operatorLink(operator.page).waitFor();
  } finally {
    service.setRole("olga", "admin");
    await operator.close();
  }
});

test("nothing jumps while a page fills, one message after another", async () => {
  const jumper = await openBrowser();
  const gapMs = 32;
  let messages = 0;
  try {
    await logIn(jumper.page, service.origin, "ana", password);
    // Each message of the service meets a page that has painted the one before it.
    await jumper.page.routeWebSocket(/\/ws\//, (near) => {
      const far = near.connectToServer();
      far.onMessage((message) => setTimeout(() => near.send(message), gapMs * ++messages));
    });
    await jumper.page.addInitScript(() => {
      window.shift = 0;
      window.moved = [];
      const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
      const move = ({ node, previousRect, currentRect }) => `${node?.id || node?.className || node?.nodeName}: ${place(previousRect)} to ${place(currentRect)}`;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.hadRecentInput) continue;
          window.shift += entry.value;
          window.moved.push(...entry.sources.map(move));
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const { viewport } of Object.values(looks)) {
      await jumper.page.setViewportSize(viewport);
      for (const [name, path] of Object.entries(paths)) {
        messages = 0;
        await jumper.page.goto(service.origin + path);
        await settled(jumper.page);
        if (name === "dashboard") await live(jumper.page);
        // The last of it is on the screen, and told.
        await jumper.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
        const { shift, moved } = await jumper.page.evaluate(() => ({ shift: window.shift, moved: window.moved }));
        assert.ok(shift < 0.03, `${name}, ${viewport.width} wide, jumps by ${shift}: ${moved.join("; ")}`);
      }
    }
  } finally {
    await jumper.close();
  }
});

test("where changes stream in, only the first move the eye, and the next after a rest", async () => {
  await page.goto(`${service.origin}/login`);
  const told = await page.evaluate(async () => {
    const { rested } = await import(`${location.origin}/static/pace.js`);
    let now = performance.now() + 60_000;
    const clock = performance.now;
    performance.now = () => now;
    try {
      const figures = Array.from({ length: 40 }, () => ({}));
      const stream = Array.from({ length: 100 }, () => ((now += 100), figures.filter(rested).length));
      now += 2_000;
      return { first: stream[0], later: Math.max(...stream.slice(1)), afterwards: figures.filter(rested).length };
    } finally {
      performance.now = clock;
    }
  });
  assert.deepEqual(told, { first: 16, later: 0, afterwards: 16 });
});

test("where all rows change in a stream, those that go are filled anew, but none that somebody is at work in", async () => {
  await page.goto(`${service.origin}/login`);
  const told = await page.evaluate(async () => {
    const { element, keyedList } = await import(`${location.origin}/static/dom.js`);
    const list = document.body.appendChild(element("ul", ""));
    const make = (item, spare) => spare ?? element("li", "", element("button", ""));
    const show = (...items) => {
      keyedList(list, items, (item) => item, make, (row, item) => (row.firstChild.textContent = item));
      return [...list.children];
    };
    show("a", "b", "c");
    const arrived = show("d", "e", "f");
    arrived[0].firstChild.focus();
    arrived[1].setAttribute("aria-busy", "true");
    const streamed = show("g", "h", "i");
    const text = list.textContent;
    const moved = show("j", "i", "h");
    return {
      texts: [text, list.textContent],
      filledAnew: arrived.map((row) => streamed.includes(row)),
      kept: [moved.indexOf(streamed[2]), moved.indexOf(streamed[1])],
      left: list.children.length,
    };
  });
  assert.deepEqual(told, { texts: ["ghi", "jih"], filledAnew: [false, false, true], kept: [1, 2], left: 3 });
});

test("transactions are filtered, paged and exported", async () => {
  await page.goto(`${service.origin}${paths.transactions}?days=30&merchant=IKEA`);
  await page.waitForFunction(() => document.querySelectorAll("#rows tr").length === 1);
  assert.match(await textOf(page, "#rows"), /IKEA/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#export")]);
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  assert.match(lines[0], /^\ufeffid,date,merchant/);
  assert.equal(lines.length, 3);
  assert.match(lines[1], /IKEA,shopping,synced,-100,RON/);
  await page.click("#rows a");
  await page.waitForURL("**/merchant/IKEA/");
  await page.locator("#total", { hasText: "100" }).waitFor();
});
