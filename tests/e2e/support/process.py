"""Child processes that tests start, wait for and always end."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 20
STOP_SECONDS = 20


@contextlib.contextmanager
def running(command: list, log: Path, **popen) -> Iterator[subprocess.Popen]:
    """Runs `command` with its output in `log` until the block ends, then asks it to stop."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(word) for word in command], stdout=output, stderr=output, **popen
        )
    try:
        yield child
    finally:
        stop(child)


def stop(child: subprocess.Popen) -> int:
    """Asks a child to stop, and insists when it does not. Returns its exit code."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def wait_until_open(address: str, child: subprocess.Popen, log: Path) -> None:
    """Returns once `address` (host:port, or the path of a socket) accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), connect(address):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {address}; its log:\n{log.read_text()}")


def connect(address: str) -> socket.socket:
    """A connection to host:port, or to the socket at a path."""
    if "/" in address:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=5)


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
