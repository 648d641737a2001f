"""Small tiled pyramids of every kind of sample, with pixels that are known."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tifffile

WIDTH, HEIGHT, TILE, LEVELS = 301, 201, 64, 3
"""Odd on purpose: each level has tiles that are cut, and the smallest is wider than one tile. Each
level has the proportions of the image as well as whole pixels can."""

DEPTHS = ("u1", "u2", "u4", "i1", "i2", "i4", "f2", "f4", "f8")


@dataclass(frozen=True)
class Image:
    """A file: `levels` are its samples, the full size first, opacity as the last band."""

    name: str
    levels: list[np.ndarray]
    color: str = "gray"
    alpha: bool = False
    ranges: tuple[tuple[float, float], ...] | None = None
    nodata: float | None = None
    spacing: tuple[float, float] = (1, 1)
    holes_apart: bool = False

    @property
    def depth(self) -> str:
        return self.levels[0].dtype.str[1:]

    @property
    def bands(self) -> int:
        """Without opacity."""
        return self.levels[0].shape[2] - self.alpha

    def data(self, resolution: int) -> np.ndarray:
        """Samples of a resolution, 0 the smallest, without opacity."""
        return self.levels[LEVELS - 1 - resolution][..., : self.bands]

    def opacity(self, resolution: int) -> np.ndarray | None:
        return self.levels[LEVELS - 1 - resolution][..., -1] if self.alpha else None


def make(folder: Path, seed: int = 1) -> dict[str, Image]:
    """All images, written below `folder`; the key is the name of the file."""
    made = list(_images(np.random.default_rng(seed)))
    for image in made:
        _write(folder / image.name, image)
    return {image.name: image for image in made}


def _images(random: np.random.Generator):
    for depth in DEPTHS:
        for bands in (1, 3):
            color = "rgb" if bands == 3 else "gray"
            yield _image(random, f"{depth}-{bands}.tif", depth, bands, color=color)
    for depth in ("u1", "u2", "i2", "f4"):
        for bands in (2, 4, 5):
            yield _image(random, f"{depth}-{bands}.tif", depth, bands)
    for depth in ("u1", "u2", "u4"):
        for bands, color in ((1, "gray"), (3, "rgb")):
            yield _image(random, f"{depth}-{bands}a.tif", depth, bands, color=color, alpha=True)
    for depth, low, high in (("u1", 20, 200), ("u2", 1000, 50000), ("f4", -300, 2500)):
        for bands in (1, 3):
            ranges = tuple((low + 5 * band, high - 7 * band) for band in range(bands))
            color = "rgb" if bands == 3 else "gray"
            name = f"{depth}-{bands}-range.tif"
            yield _image(random, name, depth, bands, color=color, ranges=ranges)
    for depth in ("f2", "f4", "f8"):
        for bands in (1, 3):
            color = "rgb" if bands == 3 else "gray"
            yield _holes(_image(random, f"{depth}-{bands}-nan.tif", depth, bands, color=color))
    for depth, nodata in (("u1", 0), ("u2", 65535), ("i2", -9999), ("f4", -32767)):
        name = f"{depth}-1-nodata.tif"
        yield _holes(_image(random, name, depth, 1, nodata=nodata))
    for depth, bands, nodata in (("f4", 3, None), ("f4", 5, None), ("u2", 3, 0)):
        name = f"{depth}-{bands}-apart.tif"
        color = "rgb" if bands == 3 else "gray"
        yield _apart(_image(random, name, depth, bands, color=color, nodata=nodata))
    yield _lab(random)
    yield _terrain(random)


def _image(random: np.random.Generator, name: str, depth: str, bands: int, **facts) -> Image:
    """Waves, noise, and blocks of the extremes of the type."""
    alpha = facts.get("alpha", False)
    full = np.dstack([_band(random, depth) for _ in range(bands + alpha)])
    return Image(name, _halved(full), **facts)


def _band(random: np.random.Generator, depth: str) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    phase = random.uniform(0, 6, 3)
    waves = np.sin(x / 37 + phase[0]) * np.cos(y / 29 + phase[1]) + 0.4 * np.sin(x * y / 900)
    values = (waves / 2.8 + 0.5 + random.normal(0, 0.03, waves.shape)).clip(0, 1)
    values[20:60, 30:90] = random.uniform(0, 1, (40, 60))
    values[100:130, 200:230] = 0
    values[130:150, 200:230] = 1
    low, high = extent(depth)
    scaled = low + values * (high - low)
    return scaled.round().clip(low, high).astype(depth) if depth[0] != "f" else scaled.astype(depth)


def extent(depth: str) -> tuple[float, float]:
    """Least and greatest value of the pictures of a type."""
    if depth[0] == "f":
        return {"f2": (-20.0, 60.0), "f4": (-500.0, 3000.0), "f8": (-1.5, 2.5)}[depth]
    info = np.iinfo(depth)
    return info.min, info.max


def _holes(image: Image) -> Image:
    """The image with missing samples, the same in all bands: a block, single ones, an edge."""
    full = image.levels[0]
    if image.nodata is not None:
        holes = [image.nodata] * 3
    else:
        holes = [np.nan, np.inf, -np.inf]
    full[40:90, 100:140] = holes[0]
    full[8:190:12, 8:280:12] = holes[1]
    full[150:, :16] = holes[2]
    full[:, -3:] = holes[0]
    return replace(image, levels=_halved(full))


def _apart(image: Image) -> Image:
    """The image with missing samples that are elsewhere in each band."""
    full = image.levels[0]
    for band in range(image.bands):
        hole = np.nan if image.nodata is None else image.nodata
        full[40:90, 100 + 20 * band : 125 + 20 * band, band] = hole
    return replace(image, levels=_halved(full), holes_apart=True)


def _lab(random: np.random.Generator) -> Image:
    full = np.dstack([_band(random, "u1") for _ in range(3)])
    return Image("lab.tif", _halved(full), color="lab")


def _terrain(random: np.random.Generator) -> Image:
    """Elevations in metres, 2.5 m x 4 m a pixel, with a lake nobody measured."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    hills = 60 * np.sin(x / 31) * np.cos(y / 23) + 20 * np.sin((x + 2 * y) / 11)
    hills = (hills + random.normal(0, 0.5, hills.shape)).astype("f4")
    hills[100:120, 50:80] = -9999
    return Image("terrain.tif", _halved(hills[..., None]), nodata=-9999, spacing=(2.5, 4))


def _halved(full: np.ndarray) -> list[np.ndarray]:
    """The levels: every second pixel of the one before, so that extremes and holes stay."""
    levels = [full]
    while len(levels) < LEVELS:
        last = levels[-1]
        levels.append(last[: last.shape[0] // 2 * 2 : 2, : last.shape[1] // 2 * 2 : 2])
    return levels


def _write(path: Path, image: Image) -> None:
    photometric = {"gray": "minisblack", "rgb": "rgb", "lab": "cielab"}[image.color]
    extra = image.levels[0].shape[2] - (1 if image.color == "gray" else 3)
    kinds = (["unassalpha"] if image.alpha else ["unspecified"]) * extra
    tags = []
    if image.ranges:
        kind = {"u1": "B", "u2": "H"}.get(image.depth, "f")
        for code, values in zip((340, 341), zip(*image.ranges, strict=True), strict=True):
            tags.append((code, kind, len(values), values if len(values) > 1 else values[0], True))
    if image.nodata is not None:
        tags.append((42113, "s", 0, str(image.nodata), True))
    if image.spacing != (1, 1):
        tags.append((33550, "d", 3, (*image.spacing, 0.0), True))
        tags.append((33922, "d", 6, (0.0, 0.0, 0.0, 1000.0, 2000.0, 0.0), True))
        tags.append((34735, "H", 8, (1, 1, 0, 1, 1024, 0, 1, 1), True))
    with tifffile.TiffWriter(path) as file:
        for place, level in enumerate(image.levels):
            file.write(
                np.ascontiguousarray(level if level.shape[2] > 1 else level[..., 0]),
                tile=(TILE, TILE),
                photometric=photometric,
                planarconfig="contig" if level.shape[2] > 1 else None,
                extrasamples=kinds or None,
                compression="adobe_deflate",
                subfiletype=int(place > 0),
                metadata=None,
                extratags=tags,
            )
