"""Associated alpha becomes straight alpha, as libvips does it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import tifffile

from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

SIDE = 256
MOST = {"uint8": 255, "uint16": 65_535}


def premultiplied(kind: str, colors: int) -> numpy.ndarray:
    """Every alpha from none to all, and colours below it."""
    random = numpy.random.default_rng(7)
    alpha = numpy.linspace(0, 1, SIDE)[None, :, None] + numpy.zeros((SIDE, SIDE, 1))
    straight = random.random((SIDE, SIDE, colors))
    return numpy.rint(numpy.dstack([straight * alpha, alpha]) * MOST[kind]).astype(kind)


@pytest.fixture(scope="module")
def images() -> Iterator[Path]:
    with temporary_folder("alpha") as root:
        for kind in MOST:
            for colors, photometric in [(1, "minisblack"), (3, "rgb")]:
                tifffile.imwrite(
                    root / f"{kind}-{colors}.tif",
                    premultiplied(kind, colors),
                    photometric=photometric,
                    planarconfig="contig",
                    extrasamples=["assocalpha"],
                    tile=(64, 64),
                )
        yield root


@pytest.fixture(scope="module")
def server(images: Path) -> Iterator[Server]:
    with temporary_folder("server") as folder, http_server(images, folder) as running:
        yield running


def straight(path: Path, folder: Path, kind: str, colors: int) -> numpy.ndarray:
    """Straight alpha by libvips, which divides when it reads a TIFF."""
    raw = folder / "straight.raw"
    subprocess.run(["vips", "rawsave", str(path), str(raw)], check=True, capture_output=True)
    return numpy.fromfile(raw, dtype=kind).reshape((SIDE, SIDE, colors + 1)).astype("float64")


@pytest.mark.parametrize("colors", [1, 3])
@pytest.mark.parametrize(
    ("kind", "depth"), [("uint8", "8"), ("uint16", "16"), ("uint16", "8")]
)
def test_colours_are_divided_by_their_alpha(server, images, folder, kind, depth, colors):
    name = f"{kind}-{colors}.tif"
    answer = ask(server.url, f"/iip?FIF={name}&DEPTH={depth}&CVT=tiff")
    assert answer.status == 200, answer.text
    got = folder / "answer.tif"
    got.write_bytes(answer.body)
    found = tifffile.imread(got).astype("float64")
    wanted = straight(images / name, folder, kind, colors)
    if (kind, depth) == ("uint16", "8"):
        wanted /= 257
    # The colour of what cannot be seen is nobody's business.
    seen = wanted[..., -1] > 1
    assert seen.mean() > 0.95
    assert numpy.abs(found - wanted)[seen].max() <= 1
    assert tifffile.TiffFile(got).pages[0].extrasamples == (2,)
