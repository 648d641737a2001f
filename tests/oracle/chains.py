"""Operations strung together: the commands for them, and the pixels they must give."""

from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from . import operations as op
from .images import LEVELS, TILE, Image

SLACK = 0.004
"""Parts of a grey level that 32-bit arithmetic may be off before it is rounded to 8 bits."""

NEAR_ZERO = 1e-6
"""As `SLACK`, of values before a colour map that jumps at 0."""


@dataclass(frozen=True)
class Chain:
    """Adjusting commands. `minmax` has a band, or None for all, and its bounds."""

    minmax: tuple[tuple[int | None, float, float], ...] = ()
    shade: tuple[float, ...] | None = None
    twist: tuple[tuple[float, ...], ...] | None = None
    gamma: float | str | None = None
    invert: bool = False
    map: str | tuple[tuple[float, ...], ...] | None = None
    kernel: str | tuple[float, ...] | None = None
    contrast: float | str | None = None
    color: str | None = None
    flip: bool = False
    degrees: int = 0

    def commands(self) -> list[str]:
        """A text for each command; their order means nothing, but among MINMAX."""
        listed = []
        if self.minmax:
            listed.append("&".join(_minmax(*one) for one in self.minmax))
        if self.shade:
            listed.append(f"SHD={_numbers(self.shade)}")
        if self.twist:
            listed.append("CTW=" + _listed(";".join(map(_numbers, self.twist))))
        if self.gamma is not None:
            listed.append(f"GAM={self.gamma}")
        if self.invert:
            listed.append("INV")
        if isinstance(self.map, str):
            listed.append(f"CMP={self.map}")
        elif self.map:
            stops = (f"{at:g}:{_numbers(round(255 * c) for c in color)}" for at, *color in self.map)
            listed.append("CMP=" + _listed(";".join(stops)))
        if isinstance(self.kernel, str):
            listed.append(f"CNV={self.kernel}")
        elif self.kernel:
            listed.append("CNV=" + _listed(_numbers(self.kernel)))
        if self.contrast is not None:
            listed.append(f"CNT={self.contrast}")
        if self.color:
            listed.append(f"COL={self.color}")
        if self.flip or self.degrees:
            listed.append(f"ROT={'!' if self.flip else ''}{self.degrees}")
        return listed

    @property
    def processed(self) -> bool:
        """Whether values are computed with, rather than shown as they are."""
        steps = self.minmax, self.shade, self.twist, self.invert, self.map, self.kernel
        contrast = self.contrast not in (None, "eq", 1)
        return any(steps) or contrast or self.gamma is not None


@dataclass(frozen=True)
class Picture:
    """Expected pixels: the likeliest, and the least and greatest that may be; opacity beside."""

    pixels: np.ndarray
    least: np.ndarray
    most: np.ndarray
    opacity: np.ndarray

    def each(self, change) -> "Picture":
        """The same done to every part."""
        return Picture(*map(change, (self.pixels, self.least, self.most, self.opacity)))


# --- pictures ------------------------------------------------------------------------------------


def tile(image: Image, chain: Chain, resolution: int, number: int) -> Picture:
    """What PTL answers. Half a turn counts the tiles from the other end; section 8."""
    whole = picture(image, chain, resolution)
    height, width = whole.pixels.shape[:2]
    across, down = -(-width // TILE), -(-height // TILE)
    if chain.degrees == 180:
        number = across * down - 1 - number
    y, x = number // across * TILE, number % across * TILE
    cut = whole.each(lambda part: part[y : y + TILE, x : x + TILE])
    return cut.each(lambda part: op.turned(part, chain.flip, chain.degrees))


def region(image: Image, chain: Chain, resolution: int, box=None) -> Picture:
    """What CVT answers for x, y, width, height of a resolution, or all of it."""
    whole = picture(image, chain, resolution)
    if box:
        x, y, width, height = box
        whole = whole.each(lambda part: part[y : y + height, x : x + width])
    return whole.each(lambda part: op.turned(part, chain.flip, chain.degrees))


def picture(image: Image, chain: Chain, resolution: int) -> Picture:
    """A whole resolution, neither mirrored nor turned."""
    *shades, bands = _eight(image, chain, resolution)
    absent = bands.all(axis=-1)
    shades = [np.where(bands, 0, shade) for shade in shades]
    if chain.color:
        shades = [op.grey(shade) for shade in shades]
        bands = absent[..., None]
    if chain.color == "binary":
        level = op.otsu(_bins(image, chain))
        shades = [np.where(shade > level, 255, 0) for shade in shades]
    opacity = np.where(absent, 0, 255)
    if image.alpha:
        opacity = np.minimum(opacity, _opacity(image, chain, resolution))
    opacity = opacity[..., None]
    if chain.contrast == "eq":
        # What cannot be seen stays as it is.
        table = op.equalising(_bins(image, chain))
        shades = [np.where(opacity > 0, table[shade], shade) for shade in shades]
    visible = [np.where(absent[..., None], 0, shade).astype(int) for shade in shades]
    return Picture(*visible, opacity)


def _opacity(image: Image, chain: Chain, resolution: int) -> np.ndarray:
    """8 bits of alpha: rounded where values are computed with, as colours are."""
    stored = image.opacity(resolution)
    if not chain.processed:
        return op.shifted(stored)
    return op.eight(stored.astype(np.float32) / np.float32(np.iinfo(stored.dtype).max))


def numbers(image: Image, chain: Chain, resolution: int, depth: str) -> np.ndarray:
    """What DEPTH=16 or DEPTH=float answers for a whole resolution of known samples."""
    stored = image.data(resolution)
    if not chain.processed and depth == "float":
        return stored.astype(np.float32)
    if not chain.processed and image.depth in ("u1", "u2"):
        return stored
    values, _ = _mapped(image, chain, resolution)
    values = values * (chain.contrast if isinstance(chain.contrast, float) else 1)
    if depth == "float":
        return values
    return np.floor((values * 65535 + 0.5).clip(0, 65535)).astype(np.uint16)


# --- steps ---------------------------------------------------------------------------------------


def _eight(image: Image, chain: Chain, resolution: int) -> tuple[np.ndarray, ...]:
    """8 bits of the bands that are shown: likeliest, least, greatest; which are missing."""
    data = image.data(resolution)
    if image.depth[0] == "u" and image.color != "lab" and not chain.processed:
        shown = data[..., : _shown(data)]
        pixels = least = most = op.shifted(shown)
        if image.nodata is not None:
            # The upper bits, or rounded as values in which some are missing have to be.
            rounded = op.eight(op.normalise(shown, _ranges(image, Chain())))
            least, most = np.minimum(pixels, rounded), np.maximum(pixels, rounded)
        return pixels, least, most, op.missing(shown, image.nodata)
    values, absent = _mapped(image, chain, resolution)
    values, absent = values[..., : _shown(values)], absent[..., : _shown(values)]
    contrast = chain.contrast if isinstance(chain.contrast, float) else 1
    pixels, least, most = (op.eight(values, contrast, slack) for slack in (0, -SLACK, SLACK))
    if chain.map == "jet":
        # Black below 0, blue at 0: arithmetic may put such values on either side.
        first, _ = _curved(image, chain, resolution)
        either = (np.abs(first[..., :1]) < NEAR_ZERO) & (first[..., :1] != 0)
        blue = op.eight(np.array([0, 0, 0.5]), contrast)
        least, most = np.where(either, 0, least), np.where(either, blue, most)
    return pixels, least, most, absent


def _mapped(image: Image, chain: Chain, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and missing samples before they become 8 bits."""
    values, absent = _curved(image, chain, resolution)
    if chain.map:
        named = isinstance(chain.map, str)
        values = op.colour_map(values, chain.map if named else list(chain.map))
        absent = np.repeat(absent[..., :1], 3, axis=-1)
    if chain.kernel:
        named = isinstance(chain.kernel, str)
        values = op.convolve(values, absent, chain.kernel if named else list(chain.kernel))
    return values, absent


def _curved(image: Image, chain: Chain, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and missing samples before the colour map."""
    data = image.data(resolution)
    absent = op.missing(data, image.nodata)
    if image.color == "lab":
        values = op.lab_to_srgb(data)
    else:
        values = op.normalise(np.where(absent, 0, data), _ranges(image, chain))
        values[absent] = 0
    if chain.shade:
        values, absent = _shaded(image, chain, resolution, values, absent)
    if chain.twist:
        values, absent = op.twist(values, absent, list(chain.twist))
    if chain.gamma is not None:
        values = op.curve(values, chain.gamma)
    return (1 - values if chain.invert else values), absent


def _shaded(image, chain, resolution, values, absent) -> tuple[np.ndarray, np.ndarray]:
    azimuth, elevation, *factor = chain.shade
    if image.bands > 1:
        shaded = op.shade_normals(values[..., :3], azimuth, elevation)
        return shaded, absent.any(axis=-1, keepdims=True)
    data, full = image.data(resolution), image.levels[0].shape
    spacing = tuple(image.spacing[i] * full[1 - i] / data.shape[1 - i] for i in (0, 1))
    heights, gone = data[..., 0], absent[..., 0]
    height = factor[0] if factor else 1
    return op.shade_elevation(heights, gone, azimuth, elevation, height, spacing), absent


def _ranges(image: Image, chain: Chain) -> list[tuple[float, float]]:
    """Black and white of each band."""
    if chain.contrast == "st":
        data = image.data(0)
        there = data[~op.missing(data, image.nodata)]
        return [(there.min(), there.max())] * image.bands
    if image.ranges:
        known = list(image.ranges)
    elif image.depth[0] == "u":
        known = [(0, np.iinfo(image.depth).max)] * image.bands
    else:
        # The server chooses; chains give a range for these.
        known = [(0, 1)] * image.bands
    for band, low, high in chain.minmax:
        for place in range(image.bands) if band is None else [band]:
            known[place] = (low, high)
    return known


def _bins(image: Image, chain: Chain) -> np.ndarray:
    """Histogram of what can be seen of the smallest resolution with these adjustments."""
    pixels, _, _, bands = _eight(image, chain, 0)
    pixels, absent = np.where(bands, 0, pixels), bands.all(axis=-1)
    if image.alpha:
        absent = absent | (image.opacity(0) == 0)
    return op.histogram(pixels, absent)


# --- helpers -------------------------------------------------------------------------------------


def size(image: Image, resolution: int) -> tuple[int, int]:
    """Width and height of a resolution."""
    height, width = image.levels[LEVELS - 1 - resolution].shape[:2]
    return width, height


def _shown(bands: np.ndarray) -> int:
    """How many of the bands a picture shows: three, or the first one."""
    return 3 if bands.shape[2] >= 3 else 1


def _minmax(band: int | None, low: float, high: float) -> str:
    return f"MINMAX={'-' if band is None else band}:{_number(low)},{_number(high)}"


def _numbers(values) -> str:
    return ",".join(map(_number, values))


def _number(value: float) -> str:
    """Without exponent, however small."""
    text = f"{value:.8f}"
    return text.rstrip("0").rstrip(".")


def _listed(text: str) -> str:
    return quote(f"[{text}]", safe=",;:")
