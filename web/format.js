// Numbers, dates and words for people, in the browser's language.

const amountFormats = new Map();

// Totals are in the user's home currency; a service that says which adds `currency` to the dashboard.
let home = "RON";
export function setHomeCurrency(currency) {
  home = currency;
}

// Money as level 1 brings it: a number, in the home currency unless another is named.
export function amount(value, currency = home) {
  let format = amountFormats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(undefined, { style: "currency", currency });
    amountFormats.set(currency, format);
  }
  return format.format(value);
}

const countFormat = new Intl.NumberFormat();

// "1 payment", "2 payments".
export function counted(count, singular, plural = `${singular}s`) {
  return `${countFormat.format(count)} ${count === 1 ? singular : plural}`;
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

// The time alone for today, the day before it for other days.
export function moment(date, now = new Date()) {
  const time = timeFormat.format(date);
  return date.toDateString() === now.toDateString() ? time : `${dayFormat.format(date)}, ${time}`;
}

export const fullMoment = (date) => fullFormat.format(date);

// A category as a heading: the protocol spells it in lower case.
export const title = (text) => (text ? text[0].toLocaleUpperCase() + text.slice(1) : text);
