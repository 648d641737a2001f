"""Compares a picture of the server with what others make of the file."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from display import Shown

Image.MAX_IMAGE_PIXELS = None


@dataclass
class Difference:
    """How far two pictures are apart; `right` within the bounds of the oracle."""

    right: bool
    source: str
    largest: float = 0
    mean: float = 0
    note: str = ""


def decode(body: bytes) -> np.ndarray:
    """A PNG as height x width x channels of 8 bits."""
    image = Image.open(io.BytesIO(body))
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        raise ValueError(f"a PNG of mode {image.mode}")
    pixels = np.asarray(image)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def compare(ours: np.ndarray, shown: Shown) -> Difference:
    """`ours` against one expectation of the same size."""
    theirs = shown.pixels
    if ours.shape[:2] != theirs.shape[:2]:
        size = "x".join(str(n) for n in theirs.shape[1::-1])
        return Difference(False, shown.source, 255, 255, f"size is {size} there")
    ours, theirs, note, possible = _alike(ours, theirs, shown)
    if not possible:
        return Difference(False, shown.source, 255, 255, note)
    if shown.absent is not None:
        ours = np.where(shown.absent[:, :, None], theirs.astype(np.uint8), ours)
    if shown.linear:
        return _linear(ours, theirs, shown, note)
    apart = np.abs(ours.astype(np.int16) - theirs.astype(np.int16))
    if shown.alpha and ours.shape[2] in (2, 4):
        # What cannot be seen does not count.
        apart[theirs[:, :, -1] == 0, :-1] = 0
    largest, mean = float(apart.max(initial=0)), float(apart.mean() if apart.size else 0)
    right = largest <= shown.largest and mean <= max(shown.mean, 0)
    return Difference(right, shown.source, largest, round(mean, 3), note)


def _alike(ours: np.ndarray, theirs: np.ndarray, shown: Shown):
    """Both with the same channels, if one means the same as the other."""
    have_alpha, want_alpha = ours.shape[2] in (2, 4), shown.alpha
    notes = []
    if want_alpha and not have_alpha:
        opaque = theirs[:, :, -1].min() == theirs[:, :, -1].max()
        if not opaque:
            return ours, theirs, "alpha is missing", False
        notes.append("constant alpha left out")
        theirs = theirs[:, :, :-1]
    if have_alpha and not want_alpha:
        if ours[:, :, -1].min() < 255:
            notes.append("transparent where nothing is known of it")
            seen = ours[:, :, -1] == 255
            if seen.mean() < 0.02:
                return ours, theirs, "hardly anything is opaque", False
            unknown = np.nan if shown.linear else ours[:, :, : theirs.shape[2]]
            theirs = np.where(seen[:, :, None], theirs, unknown)
        ours = ours[:, :, :-1]
    alpha = 1 if want_alpha and have_alpha else 0
    colors, expected = ours.shape[2] - alpha, theirs.shape[2] - alpha
    if colors == 3 and expected == 1:
        theirs = np.dstack([theirs[:, :, :1]] * 3 + ([theirs[:, :, 1:]] if alpha else []))
    elif colors == 1 and expected == 3:
        ours = np.dstack([ours[:, :, :1]] * 3 + ([ours[:, :, 1:]] if alpha else []))
    elif colors != expected:
        return ours, theirs, f"{colors} colours where {expected} are expected", False
    return ours, theirs, ", ".join(notes), True


def _linear(ours: np.ndarray, theirs: np.ndarray, shown: Shown, note: str) -> Difference:
    """Whether ours is a x theirs + b, cut off at black and white, for each channel."""
    worst = Difference(True, shown.source + ", linear", 0, 0, note)
    clipped = 0.0
    for channel in range(ours.shape[2]):
        y, x = ours[:, :, channel].astype(np.float64), theirs[:, :, channel].astype(np.float64)
        known = np.isfinite(x) & (np.abs(x) < 1e30)
        y, x = y[known], x[known]
        if not x.size or x.min() == x.max():
            continue
        inner = (y > 0) & (y < 255)
        clipped = max(clipped, 1 - float(inner.mean()))
        if len(np.unique(x[inner])) < 2:
            # Black and white alone: brighter must not be darker.
            order = np.argsort(x, kind="stable")
            if (np.diff(y[order]) < 0).any():
                return Difference(False, worst.source, 255, 255, "order is wrong")
            continue
        slope, base = np.polyfit(x[inner], y[inner], 1)
        apart = np.abs(y - np.clip(slope * x + base, 0, 255))
        largest, mean = float(apart.max()), float(apart.mean())
        if slope <= 0:
            return Difference(False, worst.source, largest, mean, "negative")
        worst.largest, worst.mean = max(worst.largest, largest), max(worst.mean, mean)
    worst.right = worst.largest <= shown.largest and worst.mean <= shown.mean
    worst.largest, worst.mean = round(worst.largest, 2), round(worst.mean, 3)
    if clipped > 0.5:
        worst.note += f" {100 * clipped:.0f} % black or white"
    return worst


def coarse(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Mean difference of two pictures of one thing when both are made very small."""
    if ours.shape[2] != theirs.shape[2]:
        return 255
    size = (max(1, min(12, ours.shape[1] // 4)), max(1, min(12, ours.shape[0] // 4)))
    small = []
    for pixels in (ours, theirs):
        if pixels.shape[2] in (2, 4):
            weight = pixels[:, :, -1:] / 255.0
            pixels = (pixels * weight).astype(np.uint8)
        bands = [
            np.asarray(Image.fromarray(np.ascontiguousarray(pixels[:, :, i])).resize(size, Image.BOX))
            for i in range(pixels.shape[2])
        ]
        small.append(np.dstack(bands).astype(np.float64))
    return float(np.abs(small[0] - small[1]).mean())
