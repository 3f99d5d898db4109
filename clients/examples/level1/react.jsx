// Level 1 and nothing else: a plain WebSocket in a React component.

import React, { useEffect, useReducer } from "react";
import { createRoot } from "react-dom/client";

const empty = { dashboard: null, pending: [], notifications: [] };

function reduce(state, message) {
  switch (message.type) {
    case "dashboard_update":
      return { ...state, dashboard: message.data };
    case "pending_update":
      return { ...state, pending: message.data };
    case "notification":
      return message.id ? { ...state, notifications: [...state.notifications, message] } : state;
    default:
      return state;
  }
}

function useSocket(path, onMessage) {
  useEffect(() => {
    let socket;
    let timer;
    let delay = 1000;
    const open = () => {
      socket = new WebSocket(`ws://${window.location.host}${path}`);
      socket.onmessage = (event) => {
        delay = 1000;
        onMessage(JSON.parse(event.data));
      };
      socket.onclose = () => {
        timer = setTimeout(open, delay / 2 + (Math.random() * delay) / 2);
        delay = Math.min(30000, delay * 2);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
    };
  }, [path, onMessage]);
}

function LiveNumbers() {
  const [{ dashboard, pending, notifications }, dispatch] = useReducer(reduce, empty);
  useSocket("/ws/btpay/live/", dispatch);
  useSocket("/ws/btpay/notify/", dispatch);
  if (!dashboard) return <p>Connecting…</p>;
  return (
    <div>
      <p>Today: {dashboard.today_amount.toFixed(2)}</p>
      <ul>
        {pending.map((item) => (
          <li key={item.id}>
            {item.merchant}: {item.amount.toFixed(2)} {item.currency}
          </li>
        ))}
      </ul>
      <ol>
        {notifications.map((one) => (
          <li key={one.id}>{one.message}</li>
        ))}
      </ol>
    </div>
  );
}

createRoot(document.getElementById("app")).render(<LiveNumbers />);
