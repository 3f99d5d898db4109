"""A real btpayd with a store of its own, and the tools beside it."""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import client

BIN = pathlib.Path(os.environ.get("BTPAY_BIN", "build/release/bin")).resolve()

# Generous, since sanitizers and a busy machine are slow; reached only when something is wrong.
STARTED_SECONDS = 60
STOPPED_SECONDS = 60
TOOL_SECONDS = int(os.environ.get("TOOL_SECONDS", "60"))

PASSWORD = "correct horse battery staple"


class Service:
    """Owns one data directory, and the process over it while one runs."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.options = options
        self.environment = {}  # beside that of the shell
        self.process = None
        self.port = None
        self.printed = []
        self.cookies = {}

    def start(self, port=0):
        """Returns when the service accepts connections, on any free port unless one is named."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        first_line = threading.Event()
        self.printed = []
        with open(self.folder / "stderr", "ab") as errors:
            self.process = subprocess.Popen(
                # However the test ends, the service ends with it.
                ["setpriv", "--pdeathsig", "KILL", BIN / "btpayd", "--data", self.data]
                + ["--listen", f"127.0.0.1:{port}", "--port-file", port_file, *self.options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment() | self.environment,
            )
        threading.Thread(target=self._read, args=(self.process.stdout, first_line), daemon=True).start()
        assert first_line.wait(STARTED_SECONDS), f"btpayd says nothing; {self.errors()}"
        assert self.printed, f"btpayd ended with {self.process.wait()}; {self.errors()}"
        self.port = int(port_file.read_text())
        return self

    def _read(self, stream, first_line):
        for line in stream:
            self.printed.append(line.rstrip("\n"))
            first_line.set()
        first_line.set()

    def errors(self):
        """What it last said on stderr, for the message of a failure."""
        path = self.folder / "stderr"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def stop(self):
        """Asks it to end, as an operator does. Returns the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """Gives it no chance to do anything more."""
        return self._end(signal.SIGKILL)

    def _end(self, how):
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(STOPPED_SECONDS)
        self.process.stdout.close()
        self.process = None
        return code

    def restart(self):
        self.stop()
        return self.start()

    def restart_on(self, port):
        """Where clients will look for it again."""
        self.stop()
        return self.start(port)

    # -- the tools

    def tool(self, name, *arguments, stdin="", expected=0):
        """Runs a tool on this store; gives what it printed."""
        done = subprocess.run(
            [BIN / name, "--data", self.data, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TOOL_SECONDS,
            env=environment(),
            check=False,
        )
        assert done.returncode == expected, f"{name} {arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def add_user(self, name, *options):
        self.tool("btpay-admin", "user", "add", name, "--password-stdin", *options, stdin=PASSWORD + "\n")

    def token(self, scope, *options):
        return self.tool("btpay-admin", "token", "create", "--scope", scope, *options).strip()

    def replay(self, *arguments, expected=0):
        return self.tool("btpay-replay", *arguments, expected=expected)

    def exported(self):
        """The transactions that were ever imported, as the log tells them."""
        # A description may hold U+2028, which `splitlines` takes for the end of a line.
        events = [json.loads(line) for line in self.replay("export").split("\n") if line]
        return [event["data"]["transaction"] for event in events if event["type"] == "transaction_imported"]

    # -- its doors

    def stored_views(self, name):
        """A metric of the stored views."""
        for line in self.http("GET", "/metrics").body.decode().splitlines():
            if line.startswith(f"btpay_stored_views_{name} "):
                return float(line.split()[1])
        raise AssertionError(f"no {name} of stored views")

    def wait_for_stored_views(self):
        """Until the service does not rebuild them, so that another may."""
        wait_until(lambda: self.stored_views("rebuild_running") == 0)

    def http(self, method, path, body=None, **options):
        return client.http_once(self.port, method, path, body, **options)

    def log_in(self, name):
        """The value of the cookie; one log-in per user and process, since each costs a password hash."""
        if name not in self.cookies:
            answer = self.http("POST", "/login", {"username": name, "password": PASSWORD})
            assert answer.status == 200, answer
            self.cookies[name] = answer.cookie("sessionid")
        return self.cookies[name]

    def get(self, name, path):
        return self.http("GET", path, cookie=self.log_in(name))

    def open(self, name, path="/ws/btpay/live/", **options):
        """An open WebSocket of a user."""
        return client.Socket(self.port, path, cookie=self.log_in(name), **options)

    def greeted(self, name):
        """An open live WebSocket whose four first messages are read."""
        socket = self.open(name)
        for _ in range(4):
            socket.receive()
        return socket

    def post(self, token, *rows):
        """Ingests rows; gives the answer, which has to be 200."""
        answer = self.http("POST", "/api/v1/transactions", {"transactions": list(rows)}, token=token)
        assert answer.status == 200, answer
        return answer.json()


def wait_until(what):
    end = time.monotonic() + STARTED_SECONDS
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def environment():
    """Ours, without settings of btpay that the shell may have."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BTPAY_")}
