"""The server as a process: how it gets its sockets, and what signals do."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import numpy
import tifffile

from support import picture
from support.client import ask
from support.fastcgi import ask_fastcgi
from support.paths import CONF, program
from support.process import running, wait_until_open
from support.pyramis import environment, fastcgi_server, http_server

QUERY = "FIF=picture.tif&OBJ=Max-size"
MAX_SIZE = f"Max-size:{picture.WIDTH} {picture.HEIGHT}\r\n"


# --- sockets -------------------------------------------------------------------------------------


def test_a_stale_socket_is_replaced(images, folder):
    path = folder / "pyramis.sock"
    leave_stale_socket(path)
    with fastcgi_server(folder, str(path), FILESYSTEM_PREFIX=str(images)):
        assert ask_fastcgi(str(path), QUERY).text == MAX_SIZE
    assert not path.exists()


def test_a_socket_in_use_is_left_to_its_owner(images, folder):
    path = folder / "pyramis.sock"
    with fastcgi_server(folder, str(path), FILESYSTEM_PREFIX=str(images)):
        second = start_and_fail(path, images)
        assert second.returncode != 0
        assert str(path) in second.stderr
        assert ask_fastcgi(str(path), QUERY).text == MAX_SIZE


def test_a_file_in_place_of_the_socket_is_not_removed(images, folder):
    path = folder / "pyramis.sock"
    path.write_text("precious")
    refused = start_and_fail(path, images)
    assert refused.returncode != 0
    assert str(path) in refused.stderr
    assert path.read_text() == "precious"


def test_spawn_fcgi_hands_over_its_socket(images, folder):
    path, log = folder / "spawned.sock", folder / "spawn.log"
    command = ["spawn-fcgi", "-n", "-s", path, "--", program()]
    with running(command, log, env=environment(FILESYSTEM_PREFIX=str(images))) as child:
        wait_until_open(str(path), child, log)
        assert ask_fastcgi(str(path), QUERY).text == MAX_SIZE


def test_systemd_hands_over_its_socket(images, folder):
    path, log = folder / "activated.sock", folder / "systemd.log"
    setting = f"FILESYSTEM_PREFIX={images}"
    command = ["systemd-socket-activate", "-l", path, "-E", setting, program()]
    with running(command, log, env=environment()):
        wait_for_path(path)
        # The first connection starts the server, the second finds it running.
        assert ask_fastcgi(str(path), QUERY).text == MAX_SIZE
        assert ask_fastcgi(str(path), QUERY).text == MAX_SIZE
    assert path.exists(), "the socket belongs to systemd"


def test_systemd_accepts_the_units(folder):
    for name in ("pyramis.service", "pyramis.socket"):
        shutil.copy(CONF / name, folder)
    unit = folder / "pyramis.service"
    unit.write_text(unit.read_text().replace("/usr/bin/pyramis", str(program())))
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit, folder / "pyramis.socket"],
        capture_output=True,
        text=True,
    )
    # Verifying reports what it finds, also about units it was not asked for.
    ours = [line for line in verified.stderr.splitlines() if "pyramis" in line]
    assert not ours, "\n".join(ours)


# --- signals -------------------------------------------------------------------------------------


def test_sigterm_ends_an_idle_server_with_success(images, folder):
    with http_server(images, folder) as server:
        assert ask(server.url, "/iiif/picture.tif/info.json").status == 200
        server.child.send_signal(signal.SIGTERM)
        assert server.child.wait(10) == 0


def test_sigterm_lets_an_answer_on_its_way_end(images, folder):
    with http_server(images, folder) as server:
        # Bare pixels, far more than the buffers of a connection hold.
        path = "/iiif/picture.tif/full/^5000,/0/default.png"
        with small_connection(server.address) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            )
            start = connection.recv(1024)
            server.child.send_signal(signal.SIGTERM)
            answer = start + b"".join(iter(lambda: connection.recv(1 << 16), b""))
        assert server.child.wait(10) == 0
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length")
    )
    assert len(body) == length


def test_sighup_forgets_what_is_cached(folder):
    root = folder / "images"
    root.mkdir()
    flat(root, 50)
    path = "/iiif/flat.tif/full/max/0/default.png"
    # The server may trust a file for an hour, so only the signal can make it look again.
    with http_server(root, folder, STAT_INTERVAL="3600") as server:
        assert ask(server.url, path).pixels()[0, 0, 0] == 50
        flat(root, 200)
        assert ask(server.url, path).pixels()[0, 0, 0] == 50
        server.child.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while ask(server.url, path).pixels()[0, 0, 0] != 200:
            assert time.monotonic() < deadline, "the old picture is still served"
        assert server.child.poll() is None


# --- helpers -------------------------------------------------------------------------------------


def leave_stale_socket(path: Path) -> None:
    """What a server that was killed leaves behind: a socket nobody listens on."""
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(path))


def start_and_fail(path: Path, images: Path) -> subprocess.CompletedProcess:
    """Runs a server that cannot have its socket; waits for it to give up."""
    return subprocess.run(
        [program(), "--bind", path],
        env=environment(FILESYSTEM_PREFIX=str(images)),
        capture_output=True,
        text=True,
        timeout=10,
    )


def wait_for_path(path: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


@contextlib.contextmanager
def small_connection(address: str):
    """A connection that accepts little before it is read."""
    host, port = address.split(":")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect((host, int(port)))
        yield connection


def flat(root: Path, grey: int) -> None:
    """Puts a picture of one grey in place, the way editors do: written aside, then renamed."""
    aside = root / "aside"
    pixels = numpy.full((64, 64), grey, numpy.uint8)
    tifffile.imwrite(aside, pixels, tile=(64, 64), photometric="minisblack", metadata=None)
    aside.rename(root / "flat.tif")
