#!/usr/bin/env python3
"""Prints the live numbers of a user: watch.py http://127.0.0.1:8080 NAME < password"""

import asyncio
import json
import sys
import urllib.request

from btpay_client import Client


def log_in(base, name, password):
    """The cookie of a log-in."""
    body = json.dumps({"username": name, "password": password}).encode()
    request = urllib.request.Request(f"{base}/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Set-Cookie"].split(";", 1)[0]


def show(view):
    if view.name == "dashboard":
        print(f"today: {view.data['today_amount']:.2f}", flush=True)
    elif view.name == "pending":
        for payment in view.data:
            print(f"pending: {payment['merchant']}: {payment['amount']:.2f} {payment['currency']}", flush=True)


async def watch_views(client):
    async for view in client.changes():
        show(view)


async def watch_notifications(client):
    async for notification in client.notifications():
        print(f"notification: {notification['message']}", flush=True)
        await client.ack(notification["id"])


async def main(base, name, password):
    cookie = log_in(base, name, password)
    async with Client(f"{base}/ws/btpay/live/", headers={"Cookie": cookie}) as client:
        client.on("state", lambda state: print(f"state: {state}", flush=True))
        await asyncio.gather(watch_views(client), watch_notifications(client))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.stdin.readline().strip()))
