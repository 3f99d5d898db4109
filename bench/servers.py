"""What the benchmarks measure: a server as a process of its own, and btpayd over a store of its own. Used by the scripts
beside it. Whatever is made here ends with its `with` block.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile

PASSWORD = "a password of the benchmark"
STOPPED_SECONDS = 60  # reached only when something is wrong


class Server:
    """A process whose first line ends with its port."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        first_line = self.process.stdout.readline()
        if not first_line:
            raise SystemExit(f"{command[0]} ended with {self.process.wait()}, and no word of its port")
        self.port = int(first_line.split()[-1].rsplit(":", 1)[-1])

    @property
    def pid(self):
        return self.process.pid

    def resident_mb(self):
        found = re.search(r"VmRSS:\s*(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024

    def processor_seconds(self):
        """User and system, of all its threads."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """Asks it to end, as an operator does."""
        self.process.terminate()
        try:
            self.process.wait(STOPPED_SECONDS)
        finally:
            self.kill()

    def kill(self):
        """Gives it no chance to do anything more."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Service(Server):
    """btpayd, and its doors."""

    def ask(self, method, path, body=None, **headers):
        """The answer and its text; where it is not 200, the run ends with it."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            door.request(method, path, None if body is None else json.dumps(body),
                         {"Content-Type": "application/json", **headers})
            answer = door.getresponse()
            text = answer.read().decode()
        finally:
            door.close()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {text}")
        return answer, text

    def log_in(self, user):
        """The cookie, as a header has it."""
        answer, _ = self.ask("POST", "/login", {"username": user, "password": PASSWORD})
        return answer.headers["Set-Cookie"].split(";")[0]

    def metrics(self):
        _, text = self.ask("GET", "/metrics")
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in lines}


class Store:
    """A data directory, and the tools over it."""

    def __init__(self, binaries, data):
        self.binaries, self.data = binaries.resolve(), data

    def add_user(self, name):
        self.tool("btpay-admin", "user", "add", name, "--password-stdin", given=PASSWORD)

    def token(self, *options):
        """One with which rows may be posted."""
        return self.tool("btpay-admin", "token", "create", "--scope", "ingest", *options).strip()

    def tool(self, name, *arguments, given=""):
        """What it printed."""
        done = subprocess.run([self.binaries / name, "--data", self.data, *arguments], check=False, input=given,
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{name} ended with {done.returncode}: {done.stdout}")
        return done.stdout

    def start(self, *options, under=()):
        """The service over it, on any free port. `under` is a command that runs another, such as taskset."""
        return Service(*under, self.binaries / "btpayd", "--data", self.data, "--listen", "127.0.0.1:0", *options)


@contextlib.contextmanager
def temporary_store(binaries, folder=None):
    """A new one, which is gone at the end. `folder` is where, for the sake of its disk."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        yield Store(binaries, pathlib.Path(name) / "data")


def figures(*command):
    """What a load generator found."""
    found = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(found)


def allow_many_files():
    """As many as the machine lets this process and those that it starts have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
