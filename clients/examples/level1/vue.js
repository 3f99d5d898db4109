// Level 1 and nothing else: a plain WebSocket in a Vue component.

import { createApp, h, onMounted, onUnmounted, reactive } from "vue";

const LiveNumbers = {
  setup() {
    const state = reactive({ dashboard: null, pending: [], notifications: [] });
    const sockets = [];

    const handle = (message) => {
      if (message.type === "dashboard_update") state.dashboard = message.data;
      if (message.type === "pending_update") state.pending = message.data;
      if (message.type === "notification" && message.id) state.notifications.push(message);
    };

    const open = (path, delay = 1000) => {
      const socket = new WebSocket(`ws://${location.host}${path}`);
      sockets.push(socket);
      let heard = false;
      socket.addEventListener("message", ({ data }) => {
        heard = true;
        handle(JSON.parse(data));
      });
      socket.addEventListener("close", () => {
        const next = heard ? 1000 : Math.min(delay * 2, 30000);
        setTimeout(() => open(path, next), next / 2 + (Math.random() * next) / 2);
      });
    };

    onMounted(() => ["live", "notify"].forEach((name) => open(`/ws/btpay/${name}/`)));
    onUnmounted(() => sockets.forEach((socket) => socket.close()));

    return () =>
      state.dashboard
        ? [
            h("p", `Today: ${state.dashboard.today_amount.toFixed(2)}`),
            h("ul", state.pending.map((item) => h("li", { key: item.id }, `${item.merchant}: ${item.amount.toFixed(2)} ${item.currency}`))),
            h("ol", state.notifications.map((one) => h("li", { key: one.id }, one.message))),
          ]
        : h("p", "Connecting…");
  },
};

createApp(LiveNumbers).mount("#app");
