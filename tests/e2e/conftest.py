"""Fixtures of all end-to-end tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support import picture
from support.browser import chromium
from support.folders import temporary_folder


@pytest.fixture(scope="session")
def images() -> Iterator[Path]:
    """An image root: picture.tif, and a copy whose path needs encoding in a URL."""
    with temporary_folder("images") as root:
        picture.write(root / "picture.tif")
        (root / "sub").mkdir()
        shutil.copy(root / "picture.tif", root / "sub" / "a b.tif")
        yield root


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one test's servers."""
    with temporary_folder("test") as path:
        yield path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each opens pages of its own."""
    with chromium() as running:
        yield running
