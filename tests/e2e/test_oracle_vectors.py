"""The oracle itself gives the test vectors of the specification; iipsrv, where they come from, cuts
values off where they are rounded here."""

import numpy as np
import pytest

from oracle import operations as op


def column(values, depth="u1") -> np.ndarray:
    """Samples of one band."""
    return np.array(values, depth)[None, :, None]


EIGHT = column([0, 1, 25, 49, 64, 100, 128, 170, 200, 254, 255])
SIXTEEN = column([0, 255, 256, 1000, 12345, 32768, 40000, 65279, 65535], "u2")


def full(samples: np.ndarray) -> np.ndarray:
    return op.normalise(samples, [(0, np.iinfo(samples.dtype).max)])


def flat(pixels: np.ndarray) -> list:
    return pixels[0, :, 0].tolist()


def test_contrast():
    values = full(EIGHT)
    assert flat(op.truncated(values, 1.5)) == [0, 1, 37, 73, 96, 150, 192, 255, 255, 255, 255]
    assert flat(op.truncated(values, 0.3)) == [0, 0, 7, 14, 19, 30, 38, 51, 60, 76, 76]
    values = full(SIXTEEN)
    assert flat(op.truncated(values, 1.0001)) == [0, 0, 0, 3, 48, 127, 155, 254, 255]
    assert flat(op.truncated(values, 1.5)) == [0, 1, 1, 5, 72, 191, 233, 255, 255]


def test_gamma_and_logarithm():
    def curved(samples, exponent):
        return flat(op.truncated(op.curve(full(samples), exponent)))

    assert curved(EIGHT, 2.2) == [0, 0, 1, 6, 12, 32, 55, 104, 149, 252, 255]
    assert curved(EIGHT, 0.5) == [0, 15, 79, 111, 127, 159, 180, 208, 225, 254, 255]
    assert curved(EIGHT, "log") == [0, 31, 149, 179, 191, 212, 223, 236, 243, 254, 255]
    assert curved(SIXTEEN, 2.2) == [0, 0, 0, 0, 6, 55, 86, 252, 255]
    assert curved(SIXTEEN, "log") == [0, 31, 31, 72, 179, 223, 232, 254, 255]
    assert curved(EIGHT, "sqrt") == curved(EIGHT, 0.5)


def test_inversion():
    close = np.abs(op.eight(1 - full(EIGHT)).astype(int) - (255 - EIGHT.astype(int)))
    assert close.max() == 0
    theirs = [255, 254, 230, 205, 191, 154, 126, 84, 54, 0, 0]
    assert np.abs(flat(op.truncated(1 - full(EIGHT))) - np.array(theirs)).max() <= 1
    theirs = [255, 254, 254, 251, 206, 127, 99, 0, 0]
    assert flat(op.truncated(1 - full(SIXTEEN))) == theirs


def test_range():
    values = op.normalise(EIGHT, [(50, 200)])
    assert flat(op.truncated(values)) == [0, 0, 0, 0, 23, 85, 132, 204, 255, 255, 255]


def test_upper_bits():
    assert flat(op.shifted(SIXTEEN)) == [0, 0, 1, 3, 48, 128, 156, 254, 255]
    assert flat(op.shifted(column([30 << 24, 2**32 - 1], "u4"))) == [30, 255]


@pytest.mark.parametrize(
    ("name", "value", "color"),
    [
        ("hot", 32, (96, 0, 0)),
        ("hot", 85, (255, 0, 0)),
        ("hot", 128, (255, 129, 0)),
        ("hot", 192, (255, 255, 66)),
        ("cold", 32, (0, 0, 96)),
        ("cold", 128, (0, 129, 255)),
        ("cold", 224, (162, 255, 255)),
        ("jet", 0, (0, 0, 127)),
        ("jet", 32, (0, 0, 255)),
        ("jet", 64, (0, 128, 255)),
        ("jet", 96, (1, 255, 253)),
        ("jet", 128, (129, 255, 125)),
        ("jet", 160, (255, 252, 0)),
        ("jet", 192, (255, 124, 0)),
        ("jet", 224, (251, 0, 0)),
        ("jet", 255, (127, 0, 0)),
    ],
)
def test_colour_maps(name, value, color):
    mapped = op.colour_map(full(column([value])), name)
    assert np.abs(op.eight(mapped)[0, 0].astype(int) - color).max() <= 1


COLORS = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [10, 200, 30], [128, 128, 128]]], "u1"
)


def test_grey():
    assert flat(op.grey(COLORS)) == [76, 149, 29, 255, 123, 128]


def test_twist():
    values = op.normalise(COLORS, [(0, 255)] * 3)
    twisted, _ = op.twist(values, values < 0, [[0.2, 0.7, 0.1], [1, 0, 0], [0, 1, -0.5]])
    theirs = [
        (51, 255, 0), (178, 0, 255), (25, 0, 0), (255, 255, 127), (145, 10, 185), (128, 128, 64),
    ]  # fmt: skip
    assert np.abs(op.eight(twisted)[0].astype(int) - theirs).max() <= 1


@pytest.mark.parametrize(
    ("azimuth", "elevation", "shades"),
    [(45, 30, [56, 0, 0, 0, 40]), (90, 45, [73, 0, 0, 0, 105]), (200, 60, [83, 0, 33, 91, 89])],
)
def test_shading_of_normals(azimuth, elevation, shades):
    normals = [[128, 128, 255], [0, 0, 0], [255, 128, 128], [128, 255, 128], [64, 192, 220]]
    values = op.normalise(np.array([normals], "u1"), [(0, 255)] * 3)
    assert flat(op.truncated(op.shade_normals(values, azimuth, elevation))) == shades


def test_shading_of_elevation():
    """A plane that rises by 1 m a metre to the east turns its face to the west."""
    heights = np.tile(np.arange(5.0) * 2, (4, 1))

    def shade(azimuth, elevation, factor=1.0, spacing=(2.0, 2.0)):
        none = np.zeros(heights.shape, bool)
        return op.shade_elevation(heights, none, azimuth, elevation, factor, spacing)[1, 2, 0]

    assert shade(270, 45) == pytest.approx(1)
    assert shade(90, 45) == pytest.approx(0, abs=1e-12)
    assert shade(0, 45) == pytest.approx(0.5)
    assert shade(123, 90, factor=0) == pytest.approx(1)
    assert shade(270, 0, spacing=(4.0, 1.0)) == pytest.approx(1 / np.sqrt(5))


def test_cielab():
    lab = [[255, 0, 0], [128, 0, 0], [137, 80, 67], [200, 206, 60], [20, 30, 166], [10, 0, 0]]
    theirs = [
        (254, 255, 254), (119, 119, 119), (255, 7, 2), (128, 215, 72), (0, 28, 154), (13, 13, 13),
    ]  # fmt: skip
    ours = op.truncated(op.lab_to_srgb(np.array([lab], "u1")))[0]
    assert ours.tolist() == [list(color) for color in theirs]


BINS = np.zeros(256, int)
BINS[[10, 20, 30, 200]] = 100, 50, 200, 150


def test_otsu():
    assert op.otsu(BINS) == 30


def test_equalisation():
    table = op.equalising(BINS)
    wanted = [51, 76, 178, 178, 255]
    assert np.abs(table[[10, 20, 30, 100, 200]].astype(int) - wanted).max() <= 1


def test_convolution():
    """Edges repeat the last pixel; sums that are not positive do not divide."""
    values = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])[..., None]
    none = np.zeros(values.shape, bool)
    assert op.convolve(values, none, "sobel")[..., 0].tolist() == [[4, 8, 4]] * 3
    assert op.convolve(values, none, "gaussian")[1, 1, 0] == 5
    assert op.convolve(values, none, [1] * 9)[0, 0, 0] == pytest.approx((4 + 4 + 10 + 3) / 9)
    assert op.convolve(values, none, [-2])[1, 1, 0] == -10
    hole = values == 2
    assert op.convolve(values, hole, [0, 1, 0, 0, 0, 0, 0, 0, 0])[1, 1, 0] == 5


def test_turning():
    pixels = np.arange(6).reshape(2, 3, 1)
    assert op.turned(pixels, False, 90)[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]
    assert op.turned(pixels, True, 180)[..., 0].tolist() == [[3, 4, 5], [0, 1, 2]]
