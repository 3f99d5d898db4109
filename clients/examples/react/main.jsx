import React from "react";
import { createRoot } from "react-dom/client";

import { useBtpay } from "./use_btpay.js";

function Payment({ payment, onCategorize }) {
  const { merchant, amount, currency, category_guess: guess } = payment;
  return (
    <li>
      {merchant ?? "unknown"}: {amount.toFixed(2)} {currency}{" "}
      <button onClick={() => onCategorize(payment.id, guess ?? "other")}>{guess ?? "other"}</button>
    </li>
  );
}

function Numbers() {
  const { client, state, views, notifications } = useBtpay("/ws/btpay/live/");
  if (!views.dashboard || !views.pending) return <p>Connection: {state}</p>;
  return (
    <>
      <p>Connection: {state}</p>
      <p>Today: {views.dashboard.today_amount.toFixed(2)}</p>
      <ul>
        {views.pending.map((payment) => (
          <Payment key={payment.id} payment={payment} onCategorize={(id, category) => client.categorize(id, category)} />
        ))}
      </ul>
      <ol>
        {notifications.map(({ id, message }) => (
          <li key={id}>
            {message} <button onClick={() => client.ack(id)}>seen</button>
          </li>
        ))}
      </ol>
    </>
  );
}

createRoot(document.getElementById("app")).render(<Numbers />);
