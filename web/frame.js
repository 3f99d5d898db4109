// What every page of a user has around it: the bar with the pages, the language, the colours and the way out.

import { element } from "./dom.js";
import { language, t } from "./words.js";

const pages = [
  ["/finance/bt-pay/", "nav_dashboard"],
  ["/finance/bt-pay/transactions/", "nav_transactions"],
  ["/finance/bt-pay/analysis/", "nav_analysis"],
  ["/finance/bt-pay/live/", "nav_live"],
  ["/finance/bt-pay/operator/", "nav_operator"],
];

const nav = document.getElementById("nav");
if (nav) {
  nav.setAttribute("aria-label", t("nav"));
  for (const [path, key] of pages) {
    const link = element("a", "", t(key));
    link.href = path;
    if (path === location.pathname) link.setAttribute("aria-current", "page");
    nav.append(link);
  }
}

function choice(name, options, chosen, onChoose) {
  const select = element("select", "choice");
  select.setAttribute("aria-label", t(name));
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
  return select;
}

const root = document.documentElement;
document.getElementById("choices")?.prepend(
  choice("language", [["en", "English"], ["ro", "Română"]], language, () => location.reload()),
  choice("theme", ["auto", "light", "dark"].map((one) => [one, t(`theme_${one}`)]), root.dataset.theme ?? "auto", (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    dispatchEvent(new Event("colours"));
  }),
);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("colours")));
