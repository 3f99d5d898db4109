"""An example as a running program that prints lines."""

import os
import pathlib
import queue
import shutil
import subprocess
import sys
import threading
import time

from service import PASSWORD

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "clients" / "examples"
# Where `npm ci` put what tests/e2e/pages/package.json names.
MODULES = pathlib.Path(os.environ.get("BTPAY_NODE_MODULES", ROOT / "build" / "release" / "pages" / "node_modules")).resolve()
NODE = shutil.which("node", path="/usr/bin") or shutil.which("nodejs")

STARTED_SECONDS = 60  # A bundler on a busy machine.


class Example:
    """Use as a context manager."""

    def __init__(self, command, first_line=None):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.lines = queue.Queue()
        self.errors = []
        for stream, keep in ((self.process.stdout, self.lines.put), (self.process.stderr, self.errors.append)):
            threading.Thread(target=self._read, args=(stream, keep), daemon=True).start()
        if first_line is not None:
            self.say(first_line)

    @staticmethod
    def _read(stream, keep):
        for line in stream:
            keep(line)
        keep("")  # it has ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for(self, *texts, without=(), seconds=STARTED_SECONDS):
        """The next line with all of these texts and none of `without`."""
        deadline = time.monotonic() + seconds
        line = ""
        while not all(text in line for text in texts) or any(text in line for text in without):
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {texts}; the last was {line!r}; {''.join(self.errors)}") from None
            assert line, f"it ended before a line with {texts}: {''.join(self.errors)}"
        return line


def page(service, entry, name="ana"):
    """An example as a page of the service, in the document of jsdom."""
    url = f"http://127.0.0.1:{service.port}/finance/bt-pay/"
    runner = ROOT / "tests" / "e2e" / "pages" / "run_page.mjs"
    return Example([NODE, runner, MODULES, EXAMPLES / entry, url, service.log_in(name)])


def program(service, entry, name="ana"):
    """A Python example."""
    return Example([sys.executable, EXAMPLES / entry, f"http://127.0.0.1:{service.port}", name], PASSWORD)
