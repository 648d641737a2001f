"""The arithmetic of each operation.

Arrays are height x width x bands, values as floating point with black at 0 and white at 1. Beside
the values goes an array of booleans of the same shape: which samples are missing.

Where the server differs from iipsrv on purpose, these are the rules:

- 8 bits come by rounding, half up; iipsrv truncates. Both are within one grey level.
- Samples that are shown as they are lose their low bits: 16 bits are v >> 8, 32 bits v >> 24.
- Opacity is never processed: not inverted, twisted, stretched or convolved.
- NaN, infinite values and GDAL_NODATA are missing, whatever is done to the others. A pixel without
  any value is transparent and 0 where the format has opacity, else black; of others the colours
  that are missing are 0.
- Every curve takes negative values as 0.
- Signed integers and floating point without a range in the file get one from the server.
- Convolution and elevation see neighbours over the borders of tiles; at the edge of the image the
  last pixel is repeated; a missing neighbour counts as the pixel in the middle.
- Histograms are those of the whole smallest level, with the same adjustments, without what cannot
  be seen; a stretch takes the exact least and greatest sample of all its bands.
- Grey works with opacity too.
- One band is shaded as elevation: gradient by Horn's 3 x 3 weights over the distance of the pixels.
"""

from functools import cache

import numpy as np

NAMED_KERNELS = {
    "sobel": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
    "prewitt": [1, 0, -1, 1, 0, -1, 1, 0, -1],
    "scharr": [-3, 0, 3, -10, 0, 10, -3, 0, 3],
    "laplace": [-1, -1, -1, -1, 8, -1, -1, -1, -1],
    "gaussian": [1, 2, 1, 2, 4, 2, 1, 2, 1],
    "sharpen": [0, -1, 0, -1, 5, -1, 0, -1, 0],
    "emboss": [-2, -1, 0, -1, 1, 1, 0, 1, 2],
}
"""Row by row; section 10.9."""

STOPS = {
    "hot": [(0, 0, 0, 0), (1 / 3, 1, 0, 0), (2 / 3, 1, 1, 0), (1, 1, 1, 1)],
    "cold": [(0, 0, 0, 0), (1 / 3, 0, 0, 1), (2 / 3, 0, 1, 1), (1, 1, 1, 1)],
    "jet": [
        (0, 0, 0, 0.5),
        (1 / 8, 0, 0, 1),
        (3 / 8, 0, 1, 1),
        (5 / 8, 1, 1, 0),
        (7 / 8, 1, 0, 0),
        (1, 0.5, 0, 0),
    ],
    "red": [(0, 0, 0, 0), (1, 1, 0, 0)],
    "green": [(0, 0, 0, 0), (1, 0, 1, 0)],
    "blue": [(0, 0, 0, 0), (1, 0, 0, 1)],
    "grey": [(0, 0, 0, 0), (1, 1, 1, 1)],
}
"""Control points of the colour maps: position, red, green, blue; section 10.8."""

PERCEPTUAL = ("viridis", "magma", "inferno", "plasma", "cividis", "turbo")


# --- samples -------------------------------------------------------------------------------------


def missing(samples: np.ndarray, nodata: float | None) -> np.ndarray:
    """Samples that are no number, infinite, or what the file calls nodata."""
    absent = ~np.isfinite(samples)
    if nodata is not None:
        absent |= samples == np.asarray(nodata, samples.dtype)
    return absent


def normalise(samples: np.ndarray, ranges: list[tuple[float, float]]) -> np.ndarray:
    """(v - min) / (max - min) of each band, in 32-bit floating point, not clamped; 10.2."""
    values = np.where(np.isfinite(samples), samples, 0).astype(np.float32)
    for band, (low, high) in enumerate(ranges):
        low, high = np.float32(low), np.float32(high)
        extent = np.float32(high - low)
        inverse = np.float32(1e30 if abs(extent) <= 1e-30 else 1 / float(extent))
        values[..., band] = (values[..., band] - low) * inverse
    return values.astype(np.float64)


def shifted(samples: np.ndarray) -> np.ndarray:
    """The upper 8 bits of unsigned integers. Section 10.4."""
    return (samples >> (8 * samples.dtype.itemsize - 8)).astype(np.uint8)


def lab_to_srgb(samples: np.ndarray) -> np.ndarray:
    """CIELAB of 8 bits, a and b signed, as sRGB from 0 to 1. Section 10.5."""
    lightness = samples[..., 0] / 2.55
    a, b = (samples[..., i].astype(np.uint8).view(np.int8).astype(float) for i in (1, 2))
    dark = lightness < 8
    low = 100 * lightness / 903.3
    q = np.where(dark, 7.787 * low / 100 + 16 / 116, (lightness + 16) / 116)
    y = np.where(dark, low, 100 * q**3)

    def cubed(t):
        return np.where(t < 0.2069, (t - 0.13793) / 7.787, t**3)

    xyz = np.stack([95.047 * cubed(a / 500 + q), y, 108.8827 * cubed(q - b / 200)], -1) / 100
    matrix = [
        [3.2406255, -1.537208, -0.4986286],
        [-0.9689307, 1.8757561, 0.0415175],
        [0.0557101, -0.2040211, 1.0569959],
    ]
    linear = np.maximum(xyz @ np.transpose(matrix), 0)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved).clip(0, 1)


# --- values --------------------------------------------------------------------------------------


def shade_normals(normals: np.ndarray, azimuth: float, elevation: float) -> np.ndarray:
    """One band of light on a map of normals. Section 10.6."""
    h, v = np.radians(azimuth), np.radians(elevation)
    side = np.sqrt(max(0, 1 - np.cos(h) ** 2)) * (-1 if azimuth > 180 else 1)
    light = np.array([side, np.cos(h), -np.sin(v)])
    light /= np.linalg.norm(light)
    outward = -2 * (normals - 0.5)
    outward[(normals == 0).all(axis=-1)] = 0
    return (0.5 * (outward @ light)).clip(0, 1)[..., None]


def shade_elevation(
    heights: np.ndarray,
    absent: np.ndarray,
    azimuth: float,
    elevation: float,
    factor: float,
    spacing: tuple[float, float],
) -> np.ndarray:
    """Cosine of the angle between the light and the surface of one band of elevations.

    The azimuth is clockwise from north, which is up; the elevation is above the horizon.
    """
    heights = np.where(absent, 0, heights).astype(np.float64)[..., None]
    around = dict(_neighbours(heights * factor, absent[..., None], 1))
    east = around[-1, 1] + 2 * around[0, 1] + around[1, 1]
    west = around[-1, -1] + 2 * around[0, -1] + around[1, -1]
    north = around[-1, -1] + 2 * around[-1, 0] + around[-1, 1]
    south = around[1, -1] + 2 * around[1, 0] + around[1, 1]
    slope_east = (east - west) / (8 * spacing[0])
    slope_north = (north - south) / (8 * spacing[1])
    a, e = np.radians(azimuth), np.radians(elevation)
    light = np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)
    upright = light[2] - slope_east * light[0] - slope_north * light[1]
    return (upright / np.sqrt(1 + slope_east**2 + slope_north**2)).clip(0, 1)


def twist(
    values: np.ndarray, absent: np.ndarray, rows: list[list[float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted sums of the bands, one a row; a band without weight does not count. Section 10.7."""
    matrix = np.zeros((len(rows), values.shape[2]))
    for place, row in enumerate(rows):
        weights = row[: values.shape[2]]
        matrix[place, : len(weights)] = weights
    return values @ matrix.T, (absent.astype(int) @ (matrix != 0).T.astype(int)) > 0


def curve(values: np.ndarray, exponent: float | str) -> np.ndarray:
    """Gamma, or a named curve. Section 10.7."""
    positive = np.maximum(values, 0)
    match exponent:
        case "log" | "logarithm":
            return np.log(1 + 255 * positive) / np.log(256)
        case "sqrt":
            return np.sqrt(positive)
        case "asinh":
            return np.arcsinh(10 * positive) / np.arcsinh(10)
        case number:
            return positive ** float(number)


def colour_map(values: np.ndarray, name: str | list[tuple]) -> np.ndarray:
    """The first band as red, green and blue; `name` may be a list of control points."""
    value = values[..., 0]
    if name in PERCEPTUAL:
        table = _perceptual(name)
        stops = [(i / 255, *color) for i, color in enumerate(table)]
    else:
        stops = STOPS[name] if isinstance(name, str) else name
    positions = [stop[0] for stop in stops]
    mapped = [np.interp(value, positions, [stop[i] for stop in stops]) for i in (1, 2, 3)]
    pixels = np.stack(mapped, -1)
    if name == "jet":
        pixels[value < 0] = 0
    return pixels


def convolve(values: np.ndarray, absent: np.ndarray, kernel: str | list[float]) -> np.ndarray:
    """Cross-correlation of each band, divided by the sum of the weights if positive; 10.9."""
    weights = NAMED_KERNELS[kernel] if isinstance(kernel, str) else kernel
    side = round(len(weights) ** 0.5)
    total = sum(weights)
    result = np.zeros_like(values)
    for weight, (_, around) in zip(weights, _neighbours(values, absent, side // 2), strict=True):
        result += weight * around
    return result / total if total > 0 else result


# --- 8 bits --------------------------------------------------------------------------------------


def eight(values: np.ndarray, contrast: float = 1, slack: float = 0) -> np.ndarray:
    """8 bits by rounding. `slack` moves all values by a part of a grey level. Section 10.3."""
    return np.floor((values * (255 * contrast) + slack + 0.5).clip(0, 255)).astype(np.uint8)


def truncated(values: np.ndarray, contrast: float = 1) -> np.ndarray:
    """8 bits as iipsrv makes them."""
    return (values * (255 * contrast)).astype(np.float32).clip(0, 255).astype(np.uint8)


def grey(pixels: np.ndarray) -> np.ndarray:
    """Luma of red, green and blue by Rec. 601; one band stays as it is. Section 10.11."""
    if pixels.shape[2] != 3:
        return pixels
    weighted = pixels.astype(np.int64) @ np.array([1254097, 2462056, 478151])
    return (weighted >> 22).astype(np.uint8)[..., None]


def histogram(pixels: np.ndarray, absent: np.ndarray) -> np.ndarray:
    """256 bins of the mean of the bands of each pixel that is there. Section 10.10."""
    means = np.floor(pixels.astype(float).mean(axis=-1) + 0.5).astype(int)
    return np.bincount(means[~absent], minlength=256)


def otsu(bins: np.ndarray) -> int:
    """The value up to which pixels are black: first greatest variance between classes. 10.10."""
    counts = np.cumsum(bins).astype(float)
    sums = np.cumsum(bins * np.arange(256)).astype(float)
    total, whole = counts[-1], sums[-1]
    best, place = 0.0, 0
    for level in range(256):
        below, above = counts[level], total - counts[level]
        if below == 0 or above == 0:
            continue
        apart = sums[level] / below - (whole - sums[level]) / above
        variance = below * above * apart * apart
        if variance > best * (1 + 1e-12):
            best, place = variance, level
    return place


def equalising(bins: np.ndarray) -> np.ndarray:
    """Table of 256 values that makes the histogram flat. Section 10.10.

    The offset of the specification is below one pixel of the histogram: nothing can be seen of it.
    """
    sums = np.cumsum(bins)
    return np.floor(255 * sums / max(1, sums[-1]) + 0.5).astype(np.uint8)


def turned(pixels: np.ndarray, flip: bool, degrees: int) -> np.ndarray:
    """Mirrored left to right first, if at all, then turned clockwise. Section 10.11."""
    return np.rot90(pixels[:, ::-1] if flip else pixels, -degrees // 90)


# --- helpers -------------------------------------------------------------------------------------


def _neighbours(values: np.ndarray, absent: np.ndarray, reach: int):
    """(dy, dx) and the values there, row by row."""
    around = ((reach, reach), (reach, reach), (0, 0))
    padded = np.pad(values, around, mode="edge")
    gone = np.pad(absent, around, mode="edge")
    height, width = values.shape[:2]
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            place = slice(reach + dy, reach + dy + height), slice(reach + dx, reach + dx + width)
            yield (dy, dx), np.where(gone[place], values, padded[place])


@cache
def _perceptual(name: str) -> np.ndarray:
    """256 colours of 8 bits of a map, from those who published it."""
    import matplotlib

    return (matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).round() / 255
