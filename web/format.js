// Numbers and dates for people, in the page's language.

import { locale, t } from "./words.js";

const amountFormats = new Map();

// Totals are in the user's home currency; a service that says which adds `currency` to the dashboard.
let home = "RON";
export function setHomeCurrency(currency) {
  home = currency;
}

// Money: a number, in the home currency unless another is named.
export function amount(value, currency = home) {
  let format = amountFormats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency });
    amountFormats.set(currency, format);
  }
  return format.format(value);
}

// The sum of amounts that each have at most four digits of fraction, without the errors of adding binary fractions.
export const sum = (values) => values.reduce((total, value) => total + Math.round(value * 10_000), 0) / 10_000;

const countFormat = new Intl.NumberFormat(locale);
export const count = (number) => countFormat.format(number);
export const payments = (n) => t("payments", { n });

const timeFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const secondFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const momentFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const fullFormat = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });

// The time alone for today, the day before it for other days.
export function moment(date, now = new Date()) {
  const time = timeFormat.format(date);
  return date.toDateString() === now.toDateString() ? time : `${dayFormat.format(date)}, ${time}`;
}

export const day = (date) => dayFormat.format(date);
export const secondOf = (date) => secondFormat.format(date);
export const dayAndTime = (date) => momentFormat.format(date);
export const fullMoment = (date) => fullFormat.format(date);

const units = ["B", "kB", "MB", "GB"];
export function bytes(number) {
  let unit = 0;
  let value = number;
  while (value >= 1_000 && unit + 1 < units.length) {
    value /= 1_000;
    unit++;
  }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: unit === 0 ? 0 : 1 }).format(value)} ${units[unit]}`;
}
