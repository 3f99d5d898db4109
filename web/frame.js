// What every page of a user has around it: the bar with the pages, the state of a live one, the language, the colours and
// the way out. Built here, once for all pages; frame.css keeps its room, so nothing moves when it comes.

import { button, byId, element } from "./dom.js";
import { language, t } from "./words.js";

const pages = [
  ["/finance/bt-pay/", "nav_dashboard"],
  ["/finance/bt-pay/transactions/", "nav_transactions"],
  ["/finance/bt-pay/analysis/", "nav_analysis"],
  ["/finance/bt-pay/live/", "nav_live"],
];
const operatorPage = ["/finance/bt-pay/operator/", "nav_operator"];

const drawings = {
  bell: "M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zm-2 16a2 2 0 0 0 4 0",
  menu: "M4 6h16v2H4zm0 5h16v2H4zm0 5h16v2H4z",
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", drawings[name]);
  svg.append(path);
  return svg;
}

function makeSkip() {
  const link = element("a", "skip", t("skip"));
  link.href = "#main";
  return link;
}

function makeBrand() {
  const image = element("img");
  Object.assign(image, { src: "/static/icon.svg", alt: "", width: 28, height: 28 });
  return element("p", "brand", image, element("span", "", "btpay"));
}

function makeLink([path, key]) {
  const link = element("a", "", t(key));
  link.href = path;
  if (path === location.pathname) link.setAttribute("aria-current", "page");
  return link;
}

function makeNav() {
  const nav = element("nav", "nav", ...pages.map(makeLink));
  nav.setAttribute("aria-label", t("nav"));
  offerOperatorPage(nav);
  return nav;
}

// For operators alone: by what was known in this tab, at once, and then by what the service says.
async function offerOperatorPage(nav) {
  const link = makeLink(operatorPage);
  const show = (role) => (role === "admin" ? nav.append(link) : link.remove());
  try {
    show(sessionStorage.getItem("btpay-role"));
    const answer = await fetch("/finance/api/bt-pay/account/");
    if (!answer.ok) return;
    const { role } = await answer.json();
    show(role);
    sessionStorage.setItem("btpay-role", role);
  } catch {
    // It is offered on the next page.
  }
}

function withId(id, node) {
  node.id = id;
  return node;
}

function makeState() {
  const text = withId("state-text", element("span", "words", t("connecting")));
  text.setAttribute("role", "status");
  const countdown = withId("countdown", element("span", "countdown"));
  const dot = element("span", "dot");
  for (const node of [countdown, dot]) node.setAttribute("aria-hidden", "true");
  const retry = withId("retry", button("link", t("try_now")));
  retry.hidden = true;
  const state = withId("state", element("p", "state", dot, text, countdown, retry));
  state.dataset.state = "connecting";
  return state;
}

function makeBell() {
  const bell = withId("bell", button("quiet round bell", ""));
  bell.setAttribute("aria-label", t("notifications"));
  bell.setAttribute("aria-haspopup", "dialog");
  bell.append(icon("bell"), withId("bell-count", element("span", "badge")));
  return bell;
}

function choice(name, options, chosen, onChoose) {
  const select = element("select", "choice");
  for (const [value, text] of options) {
    const option = element("option", "", text);
    option.value = value;
    option.selected = value === chosen;
    select.append(option);
  }
  select.addEventListener("change", () => {
    try {
      localStorage.setItem(`btpay-${name}`, select.value);
    } catch {
      // It holds for this page alone.
    }
    onChoose(select.value);
  });
  return element("label", "", t(name), select);
}

function chooseTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event("colours"));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("colours")));

function makeMenu() {
  const summary = element("summary", "round", icon("menu"));
  summary.setAttribute("aria-label", t("menu"));
  const out = element("form", "", element("button", "quiet", t("log_out")));
  Object.assign(out, { method: "post", action: "/logout" });
  const menu = element(
    "details",
    "menu",
    summary,
    element(
      "div",
      "card",
      choice("language", [["en", "English"], ["ro", "Română"]], language, () => location.reload()),
      choice(
        "theme",
        ["auto", "light", "dark"].map((one) => [one, t(`theme_${one}`)]),
        document.documentElement.dataset.theme ?? "auto",
        chooseTheme,
      ),
      out,
    ),
  );
  document.addEventListener("pointerdown", ({ target }) => menu.contains(target) || (menu.open = false));
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
  return menu;
}

const bar = byId("bar");
document.body.prepend(makeSkip());
bar.append(makeBrand(), makeNav(), ...("live" in bar.dataset ? [makeState(), makeBell()] : []), makeMenu());
