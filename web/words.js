// What the pages say, in the language of the document. Text of a page is marked in its HTML: `data-t` names the words of
// an element, `data-t-label` those of its aria-label.

import { english } from "./words_en.js";
import { romanian } from "./words_ro.js";

export const language = document.documentElement.lang === "ro" ? "ro" : "en";
// Dates and amounts as the user's own variant of the language writes them.
export const locale =
  navigator.languages?.find((one) => one.toLowerCase().startsWith(language)) ?? (language === "ro" ? "ro-RO" : "en-GB");

const dictionary = language === "ro" ? romanian : english;
const plurals = new Intl.PluralRules(language);
const countFormat = new Intl.NumberFormat(locale);

// The words of a key, `{name}` replaced by `values.name`. Where they differ by number, `values.n` tells which.
export function t(key, values = {}) {
  let words = dictionary[key] ?? english[key] ?? key;
  if (typeof words === "object") words = words[plurals.select(values.n)] ?? words.other;
  return words.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? countFormat.format(values[name]) : values[name]));
}

// A category in the user's language; one that a user made up stays as it is.
export function categoryName(name) {
  if (!name) return t("no_category");
  return dictionary[`category_${name}`] ?? name[0].toLocaleUpperCase(locale) + name.slice(1);
}

export function translate(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-hint]")) node.placeholder = t(node.dataset.tHint);
}

translate();
document.documentElement.dataset.words = "ready";
