"""ICC profiles (ICC.1:2001-04) that tests make for themselves."""

import struct

import numpy

WHITE = [0.9642, 1.0, 0.8249]
# Primaries, adapted to D50, and gamma.
ADOBE = (
    [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]],
    2.2,
)
SRGB = ([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]], 2.2)
PROPHOTO = ([[0.7977, 0.1352, 0.0313], [0.2880, 0.7119, 0.0001], [0.0, 0.0, 0.8249]], 1.8)


def matrix(primaries: list[list[float]], gamma: float) -> bytes:
    """RGB by three curves and a matrix."""
    columns = zip(*primaries, strict=True)
    tags = [(name, _xyz(column)) for name, column in zip(COLUMNS, columns, strict=True)]
    return _profile(b"RGB ", b"XYZ ", [*tags, *((name, _gamma(gamma)) for name in CURVES)])


def gray(gamma: float) -> bytes:
    """Grey by one curve."""
    return _profile(b"GRAY", b"XYZ ", [(b"kTRC", _gamma(gamma))])


def table(primaries: list[list[float]], gamma: float, grid: int = 33) -> bytes:
    """Colours of a print, by a table to CIELab with 16 bits: paler than those of the primaries, and
    black is not without light. So none is at the edge of what sRGB shows, where the rounding of
    tables is seen most.
    """
    steps = numpy.linspace(0, 1, grid)
    rgb = numpy.stack(numpy.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    light = rgb**gamma
    light = 0.03 + 0.9 * (0.6 * light + 0.4 * light.mean(axis=-1, keepdims=True))
    ratio = light @ numpy.array(primaries).T / numpy.array(WHITE)
    low = ratio <= (6 / 29) ** 3
    f = numpy.where(low, ratio / (3 * (6 / 29) ** 2) + 4 / 29, numpy.cbrt(ratio))
    lightness = 116 * f[..., 1] - 16
    a, b = 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])
    codes = numpy.stack([lightness * 652.8, (a + 128) * 256, (b + 128) * 256], axis=-1)
    codes = numpy.clip(numpy.rint(codes), 0, 65535).astype(">u2")
    line = struct.pack(">2H", 0, 65535) * 3
    identity = b"".join(_fixed(v) for v in [1, 0, 0, 0, 1, 0, 0, 0, 1])
    head = b"mft2\0\0\0\0" + bytes([3, 3, grid, 0]) + identity + struct.pack(">2H", 2, 2)
    lut = head + line + codes.tobytes() + line
    return _profile(b"RGB ", b"Lab ", [(b"A2B0", lut), (b"A2B1", lut)])


def _profile(space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"made\0" + bytes(79)
    tags = [
        (b"desc", name),
        (b"cprt", b"text\0\0\0\0none\0"),
        (b"wtpt", _xyz(WHITE)),
        *tags,
    ]
    directory, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags:
        directory += tag + struct.pack(">2I", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    content = struct.pack(">I", len(tags)) + directory + body
    head = struct.pack(">I", 128 + len(content)) + bytes(4) + b"\x02\x40\0\0mntr"
    head += space + connection + bytes(12) + b"acsp" + bytes(24) + RELATIVE
    head += b"".join(map(_fixed, WHITE))
    return head + bytes(128 - len(head)) + content


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: list[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


# The intent of all of them, for which black stays as light as it is.
RELATIVE = struct.pack(">I", 1)
COLUMNS = [b"rXYZ", b"gXYZ", b"bXYZ"]
CURVES = [b"rTRC", b"gTRC", b"bTRC"]
