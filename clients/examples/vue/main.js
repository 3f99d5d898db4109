// Render functions, so that no template compiler is needed; a single-file component would use the composable alike.

import { createApp, h } from "vue";

import { useBtpay } from "./use_btpay.js";

const Numbers = {
  setup() {
    const { client, shown } = useBtpay("/ws/btpay/live/");
    const payment = ({ id, merchant, amount, currency, category_guess: guess }) =>
      h("li", { key: id }, [
        `${merchant ?? "unknown"}: ${amount.toFixed(2)} ${currency} `,
        h("button", { onClick: () => client.categorize(id, guess ?? "other") }, guess ?? "other"),
      ]);
    const notification = ({ id, message }) =>
      h("li", { key: id }, [`${message} `, h("button", { onClick: () => client.ack(id) }, "seen")]);
    return () => [
      h("p", `Connection: ${shown.state}`),
      h("p", `Today: ${shown.dashboard?.today_amount.toFixed(2) ?? ""}`),
      h("ul", shown.pending.map(payment)),
      h("ol", shown.notifications.map(notification)),
    ];
  },
};

createApp(Numbers).mount("#app");
