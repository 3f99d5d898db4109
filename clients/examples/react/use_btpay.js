// The live numbers as a hook.

import { useEffect, useState } from "react";

import { BtpayClient } from "../../js/src/btpay-client.js";

// Gives `{ client, state, views, notifications }`, which is new at each change. One connection per mounted component.
export function useBtpay(url) {
  const [shown, show] = useState({ client: null, state: "idle", views: {}, notifications: [] });
  useEffect(() => {
    const client = new BtpayClient({ url });
    const changed = () =>
      show({
        client,
        state: client.state,
        views: Object.fromEntries(Object.values(client.views).map(({ name, data }) => [name, data])),
        notifications: [...client.inbox.unread.values()],
      });
    for (const event of ["state", "view", "notification", "cleared"]) client.on(event, changed);
    client.connect();
    return () => client.close();
  }, [url]);
  return shown;
}
