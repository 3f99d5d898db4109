// Notifications: each as a toast when it comes, and all of this visit in a list, where they can be marked as read, here and
// on the user's other devices.

import { button, byId, element } from "./dom.js";
import { amount, fullMoment, moment } from "./format.js";
import { service } from "./service.js";
import { levelOf, toast } from "./toasts.js";
import { t } from "./words.js";

const keptMax = 100;

// By id; the newest last.
const known = new Map();
const panel = byId("notices");
const bell = byId("bell");

service.on("notification", (notification) => {
  known.set(notification.id, { ...notification, unread: true });
  while (known.size > keptMax) known.delete(known.keys().next().value);
  // What waited before the page was opened is in the list; it does not all rise at once.
  if (Date.now() - new Date(notification.timestamp) < 60_000) toast(notification);
  draw();
});
service.on("cleared", ({ id }) => {
  if (known.has(id)) known.get(id).unread = false;
  draw();
});

bell.addEventListener("click", () => {
  panel.showModal();
  draw();
});
byId("notices-close").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => event.target === panel && panel.close());
byId("read-all").addEventListener("click", () => markRead(unread().map(({ id }) => id)));

const unread = () => [...known.values()].filter((one) => one.unread);

async function markRead(ids) {
  if (ids.length === 0) return;
  try {
    await service.read(ids);
    for (const id of ids) if (known.has(id)) known.get(id).unread = false;
    draw();
  } catch (error) {
    toast({ message: t("failed", { why: error.message }), level: "error" });
  }
}

function draw() {
  const count = unread().length;
  byId("bell-count").textContent = count > 0 ? String(count) : "";
  bell.setAttribute("aria-label", `${t("notifications")}: ${t("unread_n", { n: count })}`);
  byId("read-all").disabled = count === 0;
  if (!panel.open) return;
  byId("notices-empty").hidden = known.size > 0;
  byId("notices-list").replaceChildren(...[...known.values()].reverse().map(makeItem));
}

function makeItem(notification) {
  const { id, message, level, timestamp, amount: sum, currency } = notification;
  const when = new Date(timestamp);
  const text = element("p", "", message);
  if (typeof sum === "number") text.append(" ", element("strong", "", amount(sum, currency)));
  const time = element("time", "when", moment(when));
  time.dateTime = timestamp;
  time.title = fullMoment(when);
  const item = element("li", `notice-row ${levelOf(level)}`, text, time);
  if (notification.unread) {
    item.classList.add("unread");
    const read = button("quiet", t("mark_read"), () => {
      markRead([id]);
      panel.focus();
    });
    item.append(read);
  }
  return item;
}
draw();
