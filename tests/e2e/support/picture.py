"""The source picture, and how a rendering is compared with it.

The pixels come from arithmetic here and the file from tifffile, so nothing of the server under test
takes part in saying what is right.
"""

from pathlib import Path

import numpy
import tifffile

WIDTH, HEIGHT = 1500, 1100
TILE = 256


def source() -> numpy.ndarray:
    """Height x width x 3, 8 bit: every place differs from every other, in colour and in texture.

    Slow gradients tell one tile from the next; waves that get shorter to the right and to the
    bottom tell a shift by a single pixel.
    """
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    waves = 24 * numpy.sin(x**1.25 / 20) + 24 * numpy.sin(y**1.25 / 18)
    red = 50 + 155 * x / WIDTH + waves
    green = 50 + 155 * y / HEIGHT + waves
    blue = 127 + 60 * numpy.cos(2 * numpy.pi * (x / WIDTH + y / HEIGHT)) + waves
    return numpy.stack([red, green, blue], axis=-1).round().clip(0, 255).astype(numpy.uint8)


def halved(pixels: numpy.ndarray) -> numpy.ndarray:
    """Mean of each 2 x 2 block, as pyramids are usually made; an odd row or column is dropped."""
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    blocks = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, 3)
    return blocks.mean(axis=(1, 3)).round().astype(numpy.uint8)


def write(path: Path) -> None:
    """Writes the source as a tiled pyramid, down to a level that fits one tile."""
    level = source()
    with tifffile.TiffWriter(path) as file:
        reduced = 0
        while True:
            file.write(
                level,
                tile=(TILE, TILE),
                photometric="rgb",
                compression="adobe_deflate",
                subfiletype=reduced,
                metadata=None,
            )
            if max(level.shape) <= TILE:
                return
            level, reduced = halved(level), 1


def resized(pixels: numpy.ndarray, width: int, height: int) -> numpy.ndarray:
    """Scales by exact area averages: the colour a pixel of the smaller picture covers."""
    rows = _area_weights(pixels.shape[0], height)
    columns = _area_weights(pixels.shape[1], width)
    return numpy.einsum("yr,rcz,xc->yxz", rows, pixels.astype(float), columns, optimize=True)


def _area_weights(old: int, new: int) -> numpy.ndarray:
    edges = numpy.arange(new + 1) * (old / new)
    starts, ends = edges[:-1, None], edges[1:, None]
    cells = numpy.arange(old)[None, :]
    overlap = numpy.minimum(ends, cells + 1) - numpy.maximum(starts, cells)
    return overlap.clip(0) / (ends - starts)


def assert_same(got: numpy.ndarray, wanted: numpy.ndarray, mean: float, worst: float) -> None:
    """Holds when pictures differ by at most `mean` grey levels on average, and by at most `worst`
    in all but one sample of a thousand (JPEG rings at single samples)."""
    assert got.shape == wanted.shape, f"{got.shape} instead of {wanted.shape}"
    error = numpy.abs(got.astype(float) - wanted.astype(float))
    far = float(numpy.quantile(error, 0.999))
    assert error.mean() <= mean and far <= worst, (
        f"differs by {error.mean():.2f} on average ({mean} allowed), "
        f"{far:.1f} at the 99.9 percentile ({worst} allowed)"
    )
