// A page without a build step. The service has the library at /static/btpay-client.js.

import { BtpayClient } from "/static/btpay-client.js";

const element = (id) => document.getElementById(id);

function listItem(text, label, action) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.textContent = label;
  button.onclick = action;
  item.append(text, " ", button);
  return item;
}

const client = new BtpayClient({ url: "/ws/btpay/live/" });

client.on("state", ({ state }) => (element("state").textContent = state));

client.on("view", ({ name, data }) => {
  if (name === "dashboard") element("today").textContent = data.today_amount.toFixed(2);
  if (name === "pending") {
    element("pending").replaceChildren(
      ...data.map(({ id, merchant, amount, currency, category_guess: guess }) =>
        listItem(`${merchant ?? "unknown"}: ${amount.toFixed(2)} ${currency}`, guess ?? "other", () => client.categorize(id, guess ?? "other")),
      ),
    );
  }
});

client.on("notification", ({ id, message }) => {
  const item = listItem(message, "seen", () => client.ack(id));
  item.id = `notification-${id}`;
  element("notifications").append(item);
});
client.on("cleared", ({ id }) => element(`notification-${id}`)?.remove());

client.connect();
