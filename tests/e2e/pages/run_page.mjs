// Runs an entry as a page of the service: node run_page.mjs MODULES ENTRY URL COOKIE
// Bundles it with esbuild, and gives it the document of jsdom with a log-in. Prints the text of the page at each change, a
// JSON text per line. Each line on stdin is the label of a button to press.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const [modules, entry, url, cookie] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const esbuild = require("esbuild");
const { CookieJar, JSDOM, VirtualConsole } = require("jsdom");

// The service serves the library from here; a bundler wants the file.
const library = new URL("../../../clients/js/src/", import.meta.url).pathname;
const served = {
  name: "what the service serves",
  setup: (build) => build.onResolve({ filter: /^\/static\// }, ({ path }) => ({ path: library + path.slice("/static/".length) })),
};

const { outputFiles } = await esbuild.build({
  entryPoints: [entry],
  bundle: true,
  write: false,
  format: "iife",
  nodePaths: [modules],
  plugins: [served],
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  logLevel: "warning",
});

function html() {
  try {
    return readFileSync(join(dirname(entry), "index.html"), "utf8").replace(/<script.*<\/script>/, "");
  } catch {
    return '<!doctype html><div id="app"></div>';
  }
}

const cookieJar = new CookieJar();
cookieJar.setCookieSync(`sessionid=${cookie}; Path=/`, url);
const virtualConsole = new VirtualConsole();
virtualConsole.on("jsdomError", (error) => fail(error.stack));
virtualConsole.on("error", fail);
const { window } = new JSDOM(html(), { url, cookieJar, virtualConsole, runScripts: "outside-only", pretendToBeVisual: true });
// Of the engine, not of the document; every browser has it.
window.TextEncoder ??= TextEncoder;

function fail(reason) {
  console.error(String(reason));
  process.exit(1);
}

let printed = "";
function print() {
  const text = window.document.body.textContent.replace(/\s+/g, " ").trim();
  if (text !== printed) console.log(JSON.stringify((printed = text)));
}
new window.MutationObserver(print).observe(window.document.body, { childList: true, subtree: true, characterData: true });

createInterface({ input: process.stdin })
  .on("line", (label) => {
    const button = [...window.document.querySelectorAll("button")].find((one) => one.textContent === label);
    if (button) button.click();
    else fail(`no button ${label}`);
  })
  .on("close", () => process.exit(0));

window.eval(outputFiles[0].text);
print();
