"""Asks a FastCGI listener through `cgi-fcgi`, the client that came with the protocol."""

import subprocess

from .client import TIMEOUT_SECONDS, Answer


def ask_fastcgi(address: str, query: str, method: str = "GET") -> Answer:
    """One IIP request, sent as a web server would."""
    run = subprocess.run(
        ["cgi-fcgi", "-bind", "-connect", address],
        env={"PATH": "/usr/bin", "QUERY_STRING": query, "REQUEST_METHOD": method},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    head, _, body = run.stdout.partition(b"\r\n\r\n")
    fields = (line.split(":", 1) for line in head.decode().splitlines())
    headers = {name.lower(): value.strip() for name, value in fields}
    return Answer(int(headers.get("status", "200").split()[0]), headers, body)
