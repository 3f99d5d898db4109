"""A client in another language, by another WebSocket library."""

import json
import pathlib
import shutil
import subprocess

CLIENT = pathlib.Path(__file__).with_name("node_client.mjs")


def test_a_node_client_is_greeted_and_answered_like_any_other(service):
    node = shutil.which("node", path="/usr/bin") or shutil.which("nodejs")
    url = f"ws://127.0.0.1:{service.port}/ws/btpay/live/"
    done = subprocess.run(
        [node, CLIENT, url, service.log_in("ana")], capture_output=True, text=True, timeout=40, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "greeting": ["dashboard_update", "pending_update", "hourly_update", "category_update"],
        "heard": {
            "ping": ["pong"],
            "request_data": ["dashboard_update"],
            "request_pending": ["pending_update"],
            "request_hourly": ["hourly_update"],
            "request_categories": ["category_update"],
            "auto_categorize": ["auto_categorize_result", "dashboard_update", "pending_update", "category_update"],
        },
    }
