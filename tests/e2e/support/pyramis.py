"""Starts the server under test."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from .paths import program
from .process import free_port, running, wait_until_open


@dataclass(frozen=True)
class Server:
    """A running server: `address` as a client connects to it, `url` if it speaks HTTP."""

    address: str
    child: Popen
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.address}"


@contextlib.contextmanager
def http_server(images: Path | None, folder: Path, **settings: str) -> Iterator[Server]:
    """The server with its HTTP listener on a free port; without `images`, only the sample."""
    address = f"127.0.0.1:{free_port()}"
    arguments = ["serve", *([images] if images else []), "--http", address]
    with _listening(arguments, address, folder, settings) as server:
        yield server


@contextlib.contextmanager
def fastcgi_server(folder: Path, address: str, **settings: str) -> Iterator[Server]:
    """The server with one FastCGI listener, started the way iipsrv is."""
    with _listening(["--bind", address, "--backlog", 64], address, folder, settings) as server:
        yield server


def environment(**settings: str) -> dict[str, str]:
    """What every child gets: no setting from outside, but those of the test."""
    kept = ("HOME", "LANG", "PATH", "RUST_BACKTRACE", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | settings


@contextlib.contextmanager
def _listening(
    arguments: list, address: str, folder: Path, settings: dict[str, str]
) -> Iterator[Server]:
    log = folder / "pyramis.log"
    with running([program(), *arguments], log, env=environment(**settings)) as child:
        wait_until_open(address, child, log)
        yield Server(address, child, log)
