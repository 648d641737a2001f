"""Images whose sample values are no colours, from arithmetic, as tiled TIFF files."""

from pathlib import Path

import numpy
import tifffile

WIDTH, HEIGHT = 600, 400
TILE = 128


def ramp() -> numpy.ndarray:
    """Floating point from -2 on the left to 2 on the right."""
    return numpy.tile(numpy.linspace(-2, 2, WIDTH, dtype=numpy.float32), (HEIGHT, 1))


def ridge() -> numpy.ndarray:
    """Heights of a roof: one even slope up from the left edge, one down to the right edge."""
    x = numpy.arange(WIDTH, dtype=numpy.float32)
    return numpy.tile(numpy.minimum(x, WIDTH - 1 - x), (HEIGHT, 1))


def bands() -> numpy.ndarray:
    """Five bands of 16 bits; each is even and brighter than the one before: 1000, 2000, …"""
    levels = 1000 * numpy.arange(1, 6, dtype=numpy.uint16)
    return numpy.broadcast_to(levels, (HEIGHT, WIDTH, 5)).copy()


def pages() -> list[numpy.ndarray]:
    """Three even pages of 8 bits: 40, 120 and 200."""
    return [numpy.full((HEIGHT, WIDTH), value, numpy.uint8) for value in (40, 120, 200)]


def write_all(folder: Path) -> None:
    """Writes ramp.tif, ridge.tif, bands.tif and pages.tif."""
    _write(folder / "ramp.tif", ramp())
    _write(folder / "ridge.tif", ridge())
    _write(folder / "bands.tif", bands(), planarconfig="contig")
    _write(folder / "pages.tif", *pages())


def _write(path: Path, *pages: numpy.ndarray, **options) -> None:
    with tifffile.TiffWriter(path) as file:
        for page in pages:
            file.write(
                page,
                tile=(TILE, TILE),
                photometric="minisblack",
                compression="adobe_deflate",
                metadata=None,
                **options,
            )
