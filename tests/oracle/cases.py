"""Which chains are tried on which images: each operation alone for each depth, then mixtures."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from . import chains
from .chains import Chain, Picture
from .images import LEVELS, TILE, Image, extent

MAPS = ("hot", "cold", "jet", "red", "green", "blue", "grey")
PERCEPTUAL = ("viridis", "magma", "inferno", "plasma", "cividis", "turbo")
KERNELS = ("sobel", "prewitt", "scharr", "laplace", "gaussian", "sharpen", "emboss")
STOPS = ((0.0, 0.0, 0.0, 0.2), (0.4, 1.0, 0.2, 0.0), (0.7, 0.6, 1.0, 0.4), (1.0, 1.0, 1.0, 1.0))


@dataclass(frozen=True)
class Case:
    """One request: of a tile when `number` is given, else of a region, all of it without `box`."""

    operation: str
    image: Image
    chain: Chain
    resolution: int
    number: int | None = None
    box: tuple[int, int, int, int] | None = None
    shuffle: int = 0

    def query(self) -> str:
        """The request string."""
        listed = self.chain.commands()
        np.random.default_rng(self.shuffle).shuffle(listed)
        width, height = chains.size(self.image, self.resolution)
        if self.number is not None:
            send = [f"PTL={self.resolution},{self.number}"]
        else:
            x, y, w, h = self.box or (0, 0, width, height)
            part = (x / width, y / height, w / width, h / height)
            send = [f"WID={w}", "CVT=png"]
            send[:0] = ["RGN=" + ",".join(f"{value:.9f}" for value in part)] if self.box else []
        return "&".join([f"FIF={quote(self.image.name)}", *listed, *send])

    def expected(self) -> Picture:
        if self.number is not None:
            return chains.tile(self.image, self.chain, self.resolution, self.number)
        return chains.region(self.image, self.chain, self.resolution, self.box)


def singles(images: dict[str, Image], seed: int) -> Iterator[Case]:
    """Each operation alone, as a tile and as a region."""
    random = np.random.default_rng(seed)
    for image in images.values():
        for operation, chain in _alone(image, random):
            yield _place(operation, image, chain, random, tiled=True)
            yield _place(operation, image, chain, random, tiled=False)


def mixtures(images: dict[str, Image], seed: int, count: int) -> Iterator[Case]:
    """Several operations at once."""
    random = np.random.default_rng(seed)
    named = list(images.values())
    for _ in range(count):
        image = named[random.integers(len(named))]
        chain = _mixture(image, random)
        yield _place("mixture", image, chain, random, tiled=bool(random.integers(2)))


# --- alone ---------------------------------------------------------------------------------------


def _alone(image: Image, random: np.random.Generator) -> Iterator[tuple[str, Chain]]:
    given = _given(image, random)
    ranged = {} if image.ranges or image.depth[0] == "u" else {"minmax": given}
    if image.color == "lab":
        yield "CIELAB", Chain()
        yield "CIELAB", Chain(gamma=0.6, invert=True)
        return
    if not ranged:
        yield "plain", Chain()
        yield "COL=grey", Chain(color="grey")
        yield "COL=binary", Chain(color="binary")
        yield "CNT=eq", Chain(contrast="eq")
    yield "MINMAX", Chain(minmax=given)
    yield "CNT=st", Chain(contrast="st")
    yield "CNT", Chain(contrast=float(random.choice([0.3, 0.75, 1.5, 4.0])), **ranged)
    for gamma in (0.4545, 2.2, "log", "sqrt", "asinh"):
        label = f"GAM={gamma}" if isinstance(gamma, str) else "GAM"
        yield label, Chain(gamma=gamma, **ranged)
    yield "INV", Chain(invert=True, **ranged)
    for name in (*random.choice(MAPS, 2, replace=False), random.choice(PERCEPTUAL)):
        yield f"CMP={name}", Chain(map=str(name), **ranged)
    yield "CMP=[]", Chain(map=STOPS, **ranged)
    yield "CTW", Chain(twist=_rows(image, random), **ranged)
    if not image.holes_apart:
        # Whether a neighbour is missing in one band or as a pixel is not laid down.
        yield "CNV", Chain(kernel=str(random.choice(KERNELS)), **ranged)
        yield "CNV=[]", Chain(kernel=_weights(random), **ranged)
    if image.bands in (1, 3):
        yield "SHD", Chain(shade=_light(image, random), **ranged)
    yield "ROT", Chain(flip=True, degrees=90, **ranged)
    yield "ROT", Chain(degrees=180, **ranged)
    if ranged:
        yield "COL=grey", Chain(color="grey", **ranged)
        yield "COL=binary", Chain(color="binary", **ranged)
        yield "CNT=eq", Chain(contrast="eq", **ranged)


# --- mixtures ------------------------------------------------------------------------------------


def _mixture(image: Image, random: np.random.Generator) -> Chain:
    def maybe(chance: float) -> bool:
        return bool(random.random() < chance)

    needs = image.depth[0] != "u" and not image.ranges and image.color != "lab"
    facts = {}
    if needs or maybe(0.4):
        facts["minmax"] = _given(image, random)
    if image.bands in (1, 3) and maybe(0.1):
        facts["shade"] = _light(image, random)
    bands = 1 if "shade" in facts else image.bands
    if maybe(0.3):
        facts["twist"] = _rows(image, random, bands)
    if maybe(0.4):
        choices = [0.4545, 0.8, 1.7, 2.2, "log", "sqrt", "asinh"]
        facts["gamma"] = choices[random.integers(len(choices))]
    facts["invert"] = maybe(0.3)
    if maybe(0.3):
        name = random.choice((*MAPS, *PERCEPTUAL, "stops"))
        facts["map"] = STOPS if name == "stops" else str(name)
    # Maps of one colour and jet are not clear about values out of range; a kernel would spread it.
    unclear = image.holes_apart or facts.get("map") in ("red", "green", "blue", "jet")
    if not unclear and maybe(0.3):
        facts["kernel"] = str(random.choice(KERNELS)) if maybe(0.6) else _weights(random)
    if maybe(0.4):
        choices = [0.3, 0.9, 1.5, 2.0] + (["eq"] if image.color != "lab" else [])
        facts["contrast"] = choices[random.integers(len(choices))]
    if maybe(0.2):
        facts["color"] = str(random.choice(["grey", "gray", "binary"]))
        if facts["color"] == "binary" and facts.get("contrast") == "eq":
            del facts["contrast"]
    if maybe(0.3):
        facts["flip"], facts["degrees"] = maybe(0.5), int(random.choice([0, 90, 180, 270]))
    return Chain(**facts)


# --- arguments -----------------------------------------------------------------------------------


def _given(image: Image, random: np.random.Generator):
    """Bounds for all bands, sometimes others for one of them."""
    low, high = extent(image.depth)
    if image.name == "terrain.tif":
        low, high = -80, 90
    bounds = [(None, *_bounds(low, high, random))]
    if image.bands > 1 and random.random() < 0.5:
        bounds.append((int(random.integers(image.bands)), *_bounds(low, high, random)))
    return tuple(bounds)


def _bounds(low: float, high: float, random: np.random.Generator) -> tuple[float, float]:
    start, end = random.uniform(-0.1, 0.3), random.uniform(0.6, 1.1)
    return tuple(round(low + part * (high - low), 4) for part in (start, end))


def _rows(image: Image, random: np.random.Generator, bands: int | None = None):
    bands = bands or image.bands
    count = 1 if random.random() < 0.3 else 3
    rows = [random.uniform(-0.3, 0.9, random.integers(1, bands + 1)) for _ in range(count)]
    return tuple(tuple(float(round(weight, 2)) for weight in row) for row in rows)


def _weights(random: np.random.Generator) -> tuple[float, ...]:
    count = int(random.choice([1, 9, 25]))
    weights = random.uniform(-1, 2, count)
    return tuple(float(round(weight, 2)) for weight in weights)


def _light(image: Image, random: np.random.Generator) -> tuple[float, ...]:
    angles = int(random.integers(0, 360)), int(random.integers(0, 91))
    if image.bands > 1:
        return angles
    if image.name == "terrain.tif":
        return (*angles, 1.5)
    low, high = extent(image.depth)
    return (*angles, round(30 / (high - low), 8)) if high - low > 1e3 else (*angles, 0.5)


def _place(
    operation: str, image: Image, chain: Chain, random: np.random.Generator, tiled: bool
) -> Case:
    resolution = int(random.integers(LEVELS))
    shuffle = int(random.integers(1 << 30))
    width, height = chains.size(image, resolution)
    if tiled:
        tiles = -(-width // TILE) * -(-height // TILE)
        number = int(random.integers(tiles))
        return Case(operation, image, chain, resolution, number=number, shuffle=shuffle)
    box = None
    if resolution == LEVELS - 1 and random.random() < 0.5:
        x, y = int(random.integers(width - 20)), int(random.integers(height - 20))
        w, h = (int(random.integers(20, side + 1)) for side in (width - x, height - y))
        box = (x, y, w, h)
    return Case(operation, image, chain, resolution, box=box, shuffle=shuffle)
