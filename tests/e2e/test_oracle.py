"""Every pixel operation, alone and in mixtures, against the oracle: one grey level is allowed.

The table of what was compared is written to target/oracle.tsv.
"""

import io
from dataclasses import dataclass

import numpy as np
import pytest
import tifffile

from oracle import cases, chains, images
from oracle.chains import Chain
from oracle.compare import ALLOWED, Table, decoded, difference
from support.client import ask
from support.folders import temporary_folder
from support.paths import PROJECT
from support.pyramis import http_server

SHOWN = 12
MIXTURES = 60
SEEDS = range(8)


@dataclass(frozen=True)
class Oracle:
    """The server and the images behind it."""

    url: str
    images: dict
    table: Table

    def check(self, listed: list) -> None:
        """Asks for each case; fails with those that are off."""
        wrong = []
        for case in listed:
            query = case.query()
            answer = ask(self.url, f"/iip?{query}")
            if answer.status != 200:
                worst, words = 255, f"{answer.status} {answer.text}"
            else:
                worst, words = difference(decoded(answer.body), case.expected())
            self.table.add(case, worst)
            if worst > ALLOWED:
                wrong.append(f"{query}\n    off by {worst}: {words}")
        assert not wrong, "\n".join([f"{len(wrong)} of {len(listed)} are wrong:", *wrong[:SHOWN]])

    def pixels(self, query: str) -> np.ndarray:
        answer = ask(self.url, f"/iip?{query}")
        assert answer.status == 200, answer.text
        return decoded(answer.body)


@pytest.fixture(scope="module")
def oracle():
    table = Table()
    with temporary_folder("oracle") as root, temporary_folder("log") as logs:
        made = images.make(root)
        with http_server(root, logs) as server:
            yield Oracle(server.url, made, table)
    table.write(PROJECT / "target" / "oracle.tsv")


@pytest.mark.parametrize("depth", images.DEPTHS)
def test_operations_alone(oracle, depth):
    chosen = {name: image for name, image in oracle.images.items() if image.depth == depth}
    oracle.check(list(cases.singles(chosen, seed=images.DEPTHS.index(depth))))


@pytest.mark.parametrize("seed", SEEDS)
def test_mixtures_of_operations(oracle, seed):
    oracle.check(list(cases.mixtures(oracle.images, 100 + seed, MIXTURES)))


SEAMS = [
    Chain(kernel="laplace"),
    Chain(kernel="gaussian", gamma=0.6, map="viridis"),
    Chain(kernel=tuple(float(weight) for weight in range(-8, 17))),
    Chain(shade=(300, 40, 0.002)),
    Chain(contrast="eq"),
    Chain(contrast="st", map="hot"),
    Chain(color="binary", invert=True),
    Chain(twist=((0.4, 0.3, 0.2),), kernel="sharpen"),
]


@pytest.mark.parametrize("chain", SEAMS, ids=lambda chain: "&".join(chain.commands()))
@pytest.mark.parametrize("name", ["u1-3.tif", "u2-1.tif", "u2-1-nodata.tif", "f4-1-range.tif"])
def test_tiles_are_the_whole_image(oracle, name, chain):
    """All tiles pasted together are exactly the region of the whole resolution."""
    image, resolution = oracle.images[name], images.LEVELS - 1
    if chain.shade and image.bands > 1:
        chain = Chain(shade=chain.shade[:2])
    width, height = chains.size(image, resolution)
    adjust = "&".join([f"FIF={name}", *chain.commands()])
    whole = opaque(oracle.pixels(f"{adjust}&WID={width}&CVT=png"))
    across = -(-width // images.TILE)
    for number in range(across * -(-height // images.TILE)):
        y, x = number // across * images.TILE, number % across * images.TILE
        tile = opaque(oracle.pixels(f"{adjust}&PTL={resolution},{number}"))
        part = whole[y : y + images.TILE, x : x + images.TILE]
        assert np.array_equal(tile, part), f"tile {number}: {apart(tile, part)}"


@pytest.mark.parametrize("name", ["f4-1.tif", "f2-3.tif", "i2-1.tif", "i4-3.tif", "f8-1-nan.tif"])
def test_the_range_chosen_is_the_range_told(oracle, name):
    """Without a range in the file, pictures have the one of `OBJ=min-max-sample-values`."""
    told = ask(oracle.url, f"/iip?FIF={name}&OBJ=min-max-sample-values").text
    numbers = [float(word) for word in told.partition(":")[2].split()]
    image = oracle.images[name]
    assert len(numbers) == 2 * image.bands
    minmax = tuple((band, *numbers[2 * band : 2 * band + 2]) for band in range(image.bands))
    expected = chains.region(image, Chain(minmax=minmax), 1)
    width, _ = chains.size(image, 1)
    got = oracle.pixels(f"FIF={name}&WID={width}&CVT=png")
    worst, words = difference(got, expected)
    assert worst <= ALLOWED, f"{told}: {words}"


NUMBERS = [
    Chain(),
    Chain(gamma=1.7),
    Chain(gamma="log", invert=True),
    Chain(contrast=1.5, kernel="sharpen"),
    Chain(map="viridis"),
    Chain(twist=((0.5, 0.25, -0.125), (1.5,), (0.0, 1.0))),
]


@pytest.mark.parametrize("depth", ["16", "float"])
@pytest.mark.parametrize("chain", NUMBERS, ids=lambda chain: "&".join(chain.commands()) or "plain")
@pytest.mark.parametrize(
    "name", ["u1-3.tif", "u2-1.tif", "u2-3-range.tif", "u4-1.tif", "f4-3-range.tif"]
)
def test_numbers_instead_of_pictures(oracle, name, chain, depth):
    """Stored numbers are exact. Of scaled ones two of 65,536 levels, or a hundred thousandth, are
    left to 32-bit arithmetic."""
    image = oracle.images[name]
    width, _ = chains.size(image, 1)
    query = "&".join([f"FIF={name}", *chain.commands(), f"DEPTH={depth}&WID={width}&CVT=tiff"])
    answer = ask(oracle.url, f"/iip?{query}")
    assert answer.status == 200, answer.text
    got = tifffile.imread(io.BytesIO(answer.body))
    got = got[..., None] if got.ndim == 2 else got
    expected = chains.numbers(image, chain, 1, depth)
    assert (got.shape, got.dtype) == (expected.shape, "f4" if depth == "float" else expected.dtype)
    off = np.abs(got.astype(float) - expected)
    if depth == "float":
        off /= np.maximum(1, np.abs(expected))
    scaled = chain.processed or image.depth not in ("u1", "u2")
    assert off.max() <= (1e-5 if depth == "float" else 2 if scaled else 0)


@pytest.mark.parametrize("commands", ["", "INV&", "CMP=jet&", "CNT=eq&", "CNV=laplace&"])
def test_missing_samples_are_black_in_jpeg(oracle, commands):
    image = oracle.images["u2-1-nodata.tif"]
    got = oracle.pixels(f"FIF={image.name}&{commands}QLT=100&WID={images.WIDTH}&CVT=jpeg")
    assert got[44:86, 104:136].max() <= 12


def opaque(pixels: np.ndarray) -> np.ndarray:
    """With opacity, whether or not the picture has it."""
    if pixels.shape[2] in (2, 4):
        return pixels
    return np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=-1)


def apart(one: np.ndarray, other: np.ndarray) -> str:
    if one.shape != other.shape:
        return f"{one.shape} and {other.shape}"
    places = np.argwhere((one != other).any(axis=-1))
    y, x = places[0]
    return f"{len(places)} pixels, the first at {x},{y}: {one[y, x]} and {other[y, x]}"
