"""Where things are: the project, the program under test, what tests/run installed, the corpus."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
CONF = PROJECT / "conf"
INSTALLED = PROJECT / "target" / "e2e"
CORPUS = PROJECT.parent / "shared" / "corpus"


def program() -> Path:
    """The server under test: `PYRAMIS`, or else the release build."""
    path = Path(os.environ.get("PYRAMIS", PROJECT / "target" / "release" / "pyramis"))
    assert path.is_file(), f"{path} is missing: run tests/run, or set PYRAMIS to the program"
    return path.resolve()
