"""Fixtures of the end-to-end tests: folders web servers may read, and the source picture in one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import picture


@pytest.fixture(scope="session")
def images() -> Iterator[Path]:
    """An image root: picture.tif, and a copy whose path needs encoding in a URL."""
    root = shared_folder("images")
    picture.write(root / "picture.tif")
    (root / "sub").mkdir()
    shutil.copy(root / "picture.tif", root / "sub" / "a b.tif")
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    """A folder for one test module's servers."""
    yield from _folder()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one test's servers; short, because socket paths are limited to 107 bytes."""
    yield from _folder()


def _folder() -> Iterator[Path]:
    path = shared_folder("run")
    yield path
    shutil.rmtree(path)


def shared_folder(purpose: str) -> Path:
    """A temporary folder that other users can read: web servers give up root."""
    path = Path(tempfile.mkdtemp(prefix=f"pyramis-{purpose}-"))
    path.chmod(0o755)
    return path
