"""Compares an answer with what is expected, and keeps the table of all comparisons."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image as Pictures

from .cases import Case
from .chains import Picture

ALLOWED = 1


def decoded(body: bytes) -> np.ndarray:
    """A picture of 8 bits as height x width x channels."""
    picture = Pictures.open(io.BytesIO(body))
    assert picture.mode in ("L", "LA", "RGB", "RGBA"), f"a picture of mode {picture.mode}"
    pixels = np.asarray(picture).astype(int)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def difference(got: np.ndarray, expected: Picture) -> tuple[int, str]:
    """Grey levels that the worst sample is off, and which one that is."""
    channels = expected.pixels.shape[2]
    if got.shape[:2] != expected.pixels.shape[:2]:
        return 255, f"{got.shape[1]} x {got.shape[0]} pixels, not {expected.pixels.shape[1::-1]}"
    opacity = np.full(got.shape[:2] + (1,), 255)
    if got.shape[2] in (2, 4):
        got, opacity = got[..., :-1], got[..., -1:]
    if got.shape[2] == 1 and channels == 3:
        got = np.repeat(got, 3, axis=-1)
    if got.shape[2] != channels:
        return 255, f"{got.shape[2]} channels of colour, not {channels}"
    off = np.maximum(expected.least - got, got - expected.most).clip(0)
    off = np.concatenate([off, np.abs(opacity - expected.opacity)], axis=-1)
    y, x, _ = place = np.unravel_index(off.argmax(), off.shape)
    wanted = [*expected.pixels[y, x].tolist(), *expected.opacity[y, x].tolist()]
    found = [*got[y, x].tolist(), *opacity[y, x].tolist()]
    wrong = int((off > ALLOWED).any(axis=-1).sum())
    pixels = off.shape[0] * off.shape[1]
    return int(off[place]), f"{wrong} of {pixels} pixels; at {x},{y} {found}, not {wanted}"


@dataclass
class Table:
    """What was compared: operation and depth, then cases and the worst difference."""

    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, case: Case, worst: int) -> None:
        row = self.rows.setdefault((case.operation, case.image.depth), [0, 0, 0])
        row[0] += 1
        row[1] += worst > ALLOWED
        row[2] = max(row[2], worst)

    def write(self, path: Path) -> None:
        lines = ["operation\tdepth\tcases\twrong\tworst difference"]
        for (operation, depth), row in sorted(self.rows.items()):
            lines.append("\t".join([operation, depth, *map(str, row)]))
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
