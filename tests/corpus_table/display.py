"""How stored samples are shown: the documented rules, written down a second time with numpy.

Arrays are height x width x channels. A shown array has 8 bits per channel.
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass
class Picture:
    """What a decoder of somebody else's made of a file."""

    source: str
    samples: np.ndarray
    bits: int = 8
    # gray, white (0 is white), rgb, palette, cmyk, lab, ycc, bands
    color: str = "gray"
    # none, straight, premultiplied
    alpha: str = "none"
    palette: np.ndarray | None = None
    # Bounds of the difference from the pixels shown: largest and mean.
    largest: float = 0
    mean: float = 0
    orientation: int = 1
    nodata: float | None = None
    icc: bytes | None = None
    compression: int = 0
    # Pixels that are not in the file.
    absent: np.ndarray | None = None


@dataclass
class Shown:
    """Expected pixels. `linear`: only up to brightness and contrast of each channel."""

    source: str
    pixels: np.ndarray
    largest: float
    mean: float
    linear: bool = False
    alpha: bool = False
    absent: np.ndarray | None = None


def candidates(picture: Picture) -> list[Shown]:
    """All pixels that the rules allow for these samples, the likeliest first."""
    shown = _candidates(picture)
    if picture.absent is not None:
        absent = turned(picture.absent, picture.orientation)
        for one in shown:
            one.absent = absent
    return shown


def _candidates(picture: Picture) -> list[Shown]:
    samples = picture.samples
    if samples.ndim == 2:
        samples = samples[:, :, None]
    samples = turned(samples, picture.orientation)
    channels = samples.shape[2]
    colors = {"rgb": 3, "cmyk": 4, "lab": 3, "ycc": 3, "palette": 1}.get(picture.color, 1)
    if picture.color == "bands":
        return [_plain(picture, samples[:, :, : 3 if channels >= 3 else 1], False)]
    extra = channels - colors
    alpha = picture.alpha != "none" and extra >= 1
    shown = []
    if alpha and extra == 1 and picture.color in ("gray", "white", "rgb"):
        shown.append(_plain(picture, samples, True))
        if picture.alpha == "premultiplied":
            shown.append(_unpremultiplied(picture, samples))
        return shown
    if extra > 0 and not alpha and picture.color in ("gray", "white", "rgb"):
        # Data bands beside the colour: the first three, one of two.
        wanted = 3 if channels >= 3 else 1
        shown.append(_plain(picture, samples[:, :, :wanted], False))
        if colors != wanted:
            shown.append(_plain(picture, samples[:, :, :colors], False))
        return shown
    if extra > 0 and picture.color in ("gray", "white", "rgb"):
        # More than one extra sample: data bands, or the first one as alpha.
        return [
            _plain(picture, samples[:, :, : 3 if channels >= 3 else 1], False),
            _plain(picture, samples[:, :, : colors + 1], True),
        ]
    if picture.color in ("gray", "white", "rgb"):
        return [_plain(picture, samples, False)]
    color, rest = samples[:, :, :colors], samples[:, :, colors:]
    for source, pixels, largest, mean in _converted(picture, color):
        largest, mean = max(largest, picture.largest), max(mean, picture.mean)
        if alpha:
            with_alpha = np.dstack([pixels, eight(rest[:, :, :1], picture.bits)])
            shown.append(Shown(source, with_alpha, largest, mean, alpha=True))
        shown.append(Shown(source, pixels, largest, mean))
    return shown


def eight(samples: np.ndarray, bits: int) -> np.ndarray:
    """Unsigned integers as 8 bits: deeper ones lose low bits, fewer bits are replicated."""
    values = samples.astype(np.uint64)
    if bits > 8:
        return (values >> np.uint64(bits - 8)).astype(np.uint8)
    spread, have = values << np.uint64(8 - bits), bits
    while have < 8:
        spread |= spread >> np.uint64(have)
        have *= 2
    return spread.astype(np.uint8)


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The picture upright; the eight values of TIFF 6.0, p. 36."""
    match orientation:
        case 2:
            return pixels[:, ::-1]
        case 3:
            return pixels[::-1, ::-1]
        case 4:
            return pixels[::-1]
        case 5:
            return pixels.swapaxes(0, 1)
        case 6:
            return pixels.swapaxes(0, 1)[:, ::-1]
        case 7:
            return pixels.swapaxes(0, 1)[::-1, ::-1]
        case 8:
            return pixels.swapaxes(0, 1)[::-1]
    return pixels


def _plain(picture: Picture, samples: np.ndarray, alpha: bool) -> Shown:
    """Grey, RGB and data bands, each sample by itself."""
    if samples.dtype.kind in "if" or picture.bits > 32:
        values = samples.astype(np.float64)
        if picture.nodata is not None:
            values[samples == picture.nodata] = np.nan
        if picture.color == "white":
            values[:, :, : values.shape[2] - (1 if alpha else 0)] *= -1
        return Shown(picture.source, values, 1.6, 0.8, linear=True, alpha=alpha)
    pixels = eight(samples, picture.bits)
    if picture.color == "white":
        colors = pixels.shape[2] - (1 if alpha else 0)
        pixels[:, :, :colors] = 255 - pixels[:, :, :colors]
    largest = max(picture.largest, 1 if picture.bits in (3, 5, 6, 7) else 0)
    return Shown(picture.source, pixels, largest, picture.mean or largest, alpha=alpha)


def _unpremultiplied(picture: Picture, samples: np.ndarray) -> Shown:
    """Colours that were multiplied by alpha, divided again with all their bits."""
    if samples.dtype.kind in "if" or picture.bits > 32:
        return _plain(picture, samples, True)
    full = 2.0**picture.bits - 1
    values = samples.astype(np.float64)
    alpha = values[:, :, -1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        values[:, :, :-1] = np.where(alpha > 0, values[:, :, :-1] * full / alpha, 0)
    straight = np.clip(np.round(values), 0, full).astype(np.uint64)
    shown = _plain(picture, straight, True)
    # A half may be rounded either way before low bits are cut off.
    largest = max(shown.largest, 1)
    return replace(shown, source=shown.source + " unpremultiplied", largest=largest, mean=1)


def _converted(picture: Picture, color: np.ndarray):
    """Colour models: name, RGB pixels, and bounds of the difference."""
    name, bits = picture.source, picture.bits
    match picture.color:
        case "palette":
            table = picture.palette
            index = np.minimum(color[:, :, 0].astype(np.int64), len(table) - 1)
            yield name, (table >> 8).astype(np.uint8)[index], 0, 0
            if table.max() < 256:
                yield name + ", 8-bit colour map", table.astype(np.uint8)[index], 0, 0
        case "cmyk":
            full = 1 if color.dtype.kind == "f" else 2.0**bits - 1
            ink = np.clip(color.astype(np.float64) / full, 0, 1)
            simple = 255 * (1 - ink[:, :, :3]) * (1 - ink[:, :, 3:4])
            yield name + ", simple formula", _round(simple), 2, 1
            if picture.icc:
                yield from _cmyk_by_profile(picture, color)
        case "lab":
            yield name + ", formula", _round(255 * lab(color, bits)), 2, 1
        case "ycc":
            yield name + ", BT.601", _round(ycc(eight(color, bits))), 2, 1


def _cmyk_by_profile(picture: Picture, color: np.ndarray):
    """By Little CMS. Other colour engines differ in the interpolation of the table."""
    import io

    from PIL import Image, ImageCms

    image = Image.fromarray(np.ascontiguousarray(eight(color, picture.bits)), "CMYK")
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.icc))
        for intent, word in ((1, "relative"), (0, "perceptual")):
            rgb = ImageCms.profileToProfile(
                image, profile, ImageCms.createProfile("sRGB"), intent, outputMode="RGB"
            )
            yield f"{picture.source}, profile, {word}", np.asarray(rgb), 24, 4
    except ImageCms.PyCMSError:
        return


def lab(color: np.ndarray, bits: int) -> np.ndarray:
    """CIELab to sRGB in 0..1, behaviour specification 10.5."""
    if color.dtype.kind == "f":
        lightness, a, b = (color[:, :, i].astype(np.float64) for i in range(3))
    elif bits == 8:
        lightness = color[:, :, 0].astype(np.uint8) / 2.55
        a, b = (color[:, :, i].astype(np.uint8).view(np.int8).astype(np.float64) for i in (1, 2))
    else:
        lightness = color[:, :, 0].astype(np.uint16) / 655.35
        a, b = (color[:, :, i].astype(np.uint16).view(np.int16) / 256.0 for i in (1, 2))
    high = (lightness + 16) / 116
    low_y = 100 * lightness / 903.3
    y = np.where(lightness < 8, low_y, 100 * high**3)
    q = np.where(lightness < 8, 7.787 * low_y / 100 + 16 / 116, high)

    def cube(value):
        return np.where(value < 0.2069, (value - 0.13793) / 7.787, value**3)

    x, z = 0.95047 * cube(a / 500 + q), 1.088827 * cube(q - b / 200)
    y = y / 100
    linear = np.dstack([
        3.2406255 * x - 1.537208 * y - 0.4986286 * z,
        -0.9689307 * x + 1.8757561 * y + 0.0415175 * z,
        0.0557101 * x - 0.2040211 * y + 1.0569959 * z,
    ]).clip(0, None)
    curve = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curve).clip(0, 1)


def ycc(color: np.ndarray) -> np.ndarray:
    """YCbCr of JFIF to RGB."""
    y, cb, cr = (color[:, :, i].astype(np.float64) - (128 if i else 0) for i in range(3))
    return np.dstack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb])


def _round(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
