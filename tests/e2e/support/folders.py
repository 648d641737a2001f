"""Temporary folders that web servers can read: they give up root, and pytest's own are private."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A folder until the block ends, with a short path: that of a socket may have 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix=f"pyramis-{purpose}-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)
