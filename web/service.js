// The one live connection of a page: everything else takes it from here.

import { BtpayClient } from "./btpay-client.js";
import { leastMs } from "./pace.js";

// No view is drawn more often than leastMs, so none needs to be told more often.
export const service = new BtpayClient({ url: "/ws/btpay/live/", heartbeatMs: 10_000, intervalMs: leastMs });

// The browser often knows first that the network is back, or that the tab is looked at again.
addEventListener("online", () => service.connect());
addEventListener("pageshow", (event) => event.persisted && service.connect());
document.addEventListener("visibilitychange", () => document.hidden || service.connect());
addEventListener("pagehide", (event) => event.persisted || service.close());
