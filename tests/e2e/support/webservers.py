"""The web servers of `conf/`, each started with the very file an operator installs.

A test changes ports and paths in it and includes it from the smallest main configuration that the
web server starts with.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from .paths import CONF, program
from .process import free_port, running, wait_until_open
from .pyramis import environment, fastcgi_server

Setup = Callable[[Path, Path], contextlib.AbstractContextManager[str]]


@contextlib.contextmanager
def nginx(folder: Path, images: Path) -> Iterator[str]:
    """nginx, with a server that is running already."""
    port = free_port()
    site = adapted("nginx.conf", folder, port, {SOCKET: folder / "pyramis.sock"})
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
    )
    main = write(
        folder / "main.conf",
        f"""
        daemon off;
        worker_processes 1;
        {"user root;" if as_root() else ""}
        pid {folder}/nginx.pid;
        error_log {folder}/web.log;
        events {{}}
        http {{
            access_log {folder}/access.log;
            {temporary}
            include {site};
        }}
        """,
    )
    command = [tool("nginx"), "-e", folder / "web.log", "-c", main]
    with running_pyramis(folder, images), web_server(command, port, folder) as url:
        yield url


@contextlib.contextmanager
def apache_proxy(folder: Path, images: Path) -> Iterator[str]:
    """Apache with mod_proxy_fcgi, with a server that is running already."""
    port = free_port()
    site = adapted("apache-proxy.conf", folder, port, {SOCKET: folder / "pyramis.sock"})
    with (
        running_pyramis(folder, images),
        apache(["proxy", "proxy_fcgi"], site, port, folder) as url,
    ):
        yield url


@contextlib.contextmanager
def apache_fcgid(folder: Path, images: Path) -> Iterator[str]:
    """Apache with mod_fcgid, which starts the server itself."""
    port = free_port()
    replacements = {PROGRAM: installed_program(folder), IMAGES: images}
    site = adapted("apache-fcgid.conf", folder, port, replacements)
    with apache(["alias", "fcgid"], site, port, folder) as url:
        yield url


@contextlib.contextmanager
def lighttpd(folder: Path, images: Path) -> Iterator[str]:
    """lighttpd, with a server that is running already."""
    site = adapted("lighttpd.conf", folder, None, {SOCKET: folder / "pyramis.sock"})
    with running_pyramis(folder, images), lighttpd_with(site, folder) as url:
        yield url


@contextlib.contextmanager
def lighttpd_spawn(folder: Path, images: Path) -> Iterator[str]:
    """lighttpd, which starts the server itself."""
    replacements = {
        PROGRAM: installed_program(folder),
        IMAGES: images,
        "/run/lighttpd": folder,
    }
    with lighttpd_with(adapted("lighttpd-spawn.conf", folder, None, replacements), folder) as url:
        yield url


SETUPS: dict[str, Setup] = {
    "nginx": nginx,
    "apache-proxy": apache_proxy,
    "apache-fcgid": apache_fcgid,
    "lighttpd": lighttpd,
    "lighttpd-spawn": lighttpd_spawn,
}

# What conf/ says and a test replaces.
IMAGES = "/srv/images"
PROGRAM = "/usr/bin/pyramis"
SOCKET = "/run/pyramis/pyramis.sock"


@contextlib.contextmanager
def apache(modules: list[str], site: Path, port: int, folder: Path) -> Iterator[str]:
    """Apache with one site and as few modules as it runs with."""
    loaded = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in ["mpm_event", "authz_core", *modules]
    )
    main = write(
        folder / "main.conf",
        f"""
        ServerRoot {folder}
        ServerName localhost
        Listen 127.0.0.1:{port}
        PidFile {folder}/apache.pid
        ErrorLog {folder}/web.log
        DefaultRuntimeDir {folder}
        {loaded}
        {"User www-data" if as_root() else ""}
        {"Group www-data" if as_root() else ""}
        <IfModule fcgid_module>
            FcgidIPCDir {folder}/fcgid
            FcgidProcessTableFile {folder}/fcgid.shm
        </IfModule>
        Include {site}
        """,
    )
    command = [tool("apache2"), "-D", "FOREGROUND", "-f", main]
    with web_server(command, port, folder) as url:
        yield url


@contextlib.contextmanager
def lighttpd_with(site: Path, folder: Path) -> Iterator[str]:
    """lighttpd with one site, included after what Debian's own file says about URLs."""
    port = free_port()
    main = write(
        folder / "main.conf",
        f"""
        server.document-root = "{folder}"
        server.port = {port}
        server.bind = "127.0.0.1"
        server.errorlog = "{folder}/web.log"
        server.http-parseopts = ( "url-path-2f-decode" => "enable" )
        include "{site}"
        """,
    )
    command = [tool("lighttpd"), "-D", "-f", main]
    with web_server(command, port, folder) as url:
        yield url


@contextlib.contextmanager
def web_server(command: list, port: int, folder: Path) -> Iterator[str]:
    log = folder / "web.log"
    with running(command, log, env=environment()) as child:
        wait_until_open(f"127.0.0.1:{port}", child, log)
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def running_pyramis(folder: Path, images: Path) -> Iterator[None]:
    """The server as pyramis.service runs it: the settings of pyramis.env, a socket all may use."""
    socket = folder / "pyramis.sock"
    settings = operator_settings() | {"FILESYSTEM_PREFIX": str(images), "SOCKET_MODE": "0666"}
    with fastcgi_server(folder, str(socket), **settings):
        yield


def operator_settings() -> dict[str, str]:
    """The settings in conf/pyramis.env, read as systemd does."""
    lines = (CONF / "pyramis.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def adapted(name: str, folder: Path, port: int | None, replacements: dict) -> Path:
    """A copy of a file of conf/ with the test's port and paths; each must occur in it."""
    text = (CONF / name).read_text()
    ports = (
        {} if port is None else {"listen 80;": f"listen 127.0.0.1:{port};", "*:80>": f"*:{port}>"}
    )
    for old, new in replacements.items():
        assert str(old) in text, f"conf/{name} no longer says {old}"
        text = text.replace(str(old), str(new))
    for old, new in ports.items():
        text = text.replace(old, new)
    return write(folder / name, text)


def installed_program(folder: Path) -> Path:
    """A copy of the program where the user of the web server may run it."""
    copy = folder / "pyramis"
    shutil.copy(program(), copy)
    copy.chmod(copy.stat().st_mode | stat.S_IROTH | stat.S_IXOTH | stat.S_IXGRP)
    return copy


def tool(name: str) -> str:
    """A web server's program; Debian keeps them where only root's PATH looks."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert found, f"{name} is not installed; tests/run installs it"
    return found


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def as_root() -> bool:
    return os.geteuid() == 0
