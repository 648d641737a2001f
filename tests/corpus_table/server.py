"""Starts a server on a folder, asks it for pictures, and watches its health."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS = 120
START_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds. Status 0: no answer."""

    status: int
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as a sentence on one line."""
        return " ".join(self.body[:400].decode("utf-8", "replace").split())

    def json(self):
        return json.loads(self.body)


class Server:
    """A running server; with a process of its own it can also tell whether it lives."""

    def __init__(self, url: str, process: int | None = None):
        self.host = urlsplit(url).netloc
        self.process = process

    def ask(self, path: str) -> Answer:
        """One request on a connection of its own."""
        start = time.monotonic()
        try:
            connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT_SECONDS)
            connection.request("GET", path)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            status, body = 0, str(error).encode()
        return Answer(status, body, time.monotonic() - start)

    def image(self, name: str, request: str) -> Answer:
        """A IIIF request of a file below the image root."""
        return self.ask(f"/iiif/{quote(name, safe='')}/{request}")

    def alive(self) -> bool:
        """Whether it answers anything at all, and has not been started anew."""
        with contextlib.suppress(OSError), socket.create_connection(self._address(), timeout=5):
            return self.process is None or Path(f"/proc/{self.process}/stat").exists()
        return False

    def memory(self, field: str = "VmRSS") -> int:
        """Resident bytes now, or at most so far (`VmHWM`); 0 for a server elsewhere."""
        if self.process is None:
            return 0
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
        return 0

    def processor_seconds(self) -> float:
        """Time that the server has computed so far; 0 for a server elsewhere."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0

    def _address(self) -> tuple[str, int]:
        host, _, port = self.host.rpartition(":")
        return host, int(port)


@contextlib.contextmanager
def running(program: Path, images: Path, log: Path, **settings: str) -> Iterator[Server]:
    """The program with its HTTP listener on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    command = [str(program), "serve", str(images), "--http", f"127.0.0.1:{port}"]
    with log.open("ab") as output:
        child = subprocess.Popen(command, stdout=output, stderr=output, env=kept | settings)
    server = Server(f"http://127.0.0.1:{port}", child.pid)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.alive() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        yield server
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
