// The live numbers as a composable.

import { onMounted, onUnmounted, shallowReactive } from "vue";

import { BtpayClient } from "../../js/src/btpay-client.js";

// Gives `{ client, shown }`; `shown` is reactive.
export function useBtpay(url) {
  const client = new BtpayClient({ url });
  const shown = shallowReactive({ state: client.state, dashboard: null, pending: [], hourly: [], categories: {}, notifications: [] });
  const notified = () => (shown.notifications = [...client.inbox.unread.values()]);
  client.on("state", ({ state }) => (shown.state = state));
  client.on("view", ({ name, data }) => (shown[name] = data));
  client.on("notification", notified);
  client.on("cleared", notified);
  onMounted(() => client.connect());
  onUnmounted(() => client.close());
  return { client, shown };
}
