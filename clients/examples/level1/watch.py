#!/usr/bin/env python3
"""Level 1 and nothing else: watch.py http://127.0.0.1:8080 NAME < password"""

import asyncio
import json
import random
import sys
import urllib.request

import websockets


def log_in(base, name, password):
    body = json.dumps({"username": name, "password": password}).encode()
    request = urllib.request.Request(base + "/login", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def show(message):
    kind, data = message["type"], message.get("data")
    if kind == "dashboard_update":
        print(f"today: {data['today_amount']:.2f}", flush=True)
    elif kind == "pending_update":
        for item in data:
            print(f"pending: {item['merchant']}: {item['amount']:.2f} {item['currency']}", flush=True)
    elif kind == "notification":
        print(f"notification: {message['message']}", flush=True)


async def follow(url, cookie):
    delay = 1
    while True:
        try:
            async with websockets.connect(url, extra_headers={"Cookie": cookie}) as socket:
                await socket.send(json.dumps({"command": "ping"}))
                async for text in socket:
                    delay = 1
                    show(json.loads(text))
        except (OSError, websockets.ConnectionClosedError):
            pass
        await asyncio.sleep(delay / 2 + random.random() * delay / 2)
        delay = min(30, delay * 2)


async def main():
    base, name = sys.argv[1:]
    cookie = log_in(base, name, sys.stdin.readline().rstrip("\n"))
    sockets = base.replace("http", "ws", 1)
    await asyncio.gather(*(follow(f"{sockets}/ws/btpay/{which}/", cookie) for which in ("live", "notify")))


asyncio.run(main())
