"""Baseline JPEG sources: the very pixels that libjpeg-turbo makes of them, as Pillow shows them."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from PIL import Image

from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

SIDES = [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 100]
SUBSAMPLINGS = ["4:4:4", "4:2:2", "4:2:0"]


def picture(width: int, height: int, seed: int) -> Image.Image:
    """Slopes of strong colours, edges and grain."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[:height, :width]
    colors = [x * 3 + y * (1 + 2 * c) + (x // 9 + y // 5) % 2 * 60 * c for c in range(3)]
    samples = numpy.stack(colors, axis=2) % 200 + random.integers(0, 56, (height, width, 3))
    return Image.fromarray(samples.astype("uint8"))


def write(folder: Path) -> list[str]:
    names = []
    for n, (width, height) in enumerate((w, h) for w in SIDES for h in (SIDES[-1 - n] for n in (0, 4, 9))):
        quality = [20, 50, 75, 90, 95, 100][n % 6]
        restart = {"restart_marker_blocks": 3} if n % 4 == 0 else {}
        color = picture(width, height, n)
        for subsampling in SUBSAMPLINGS:
            name = f"{width}x{height}-{subsampling.replace(':', '')}.jpg"
            color.save(folder / name, quality=quality, subsampling=subsampling, **restart)
            names.append(name)
        name = f"{width}x{height}-grey.jpg"
        color.convert("L").save(folder / name, quality=quality, **restart)
        names.append(name)
    return names


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, Path, list[str]]]:
    with temporary_folder("sources") as root, temporary_folder("server") as folder:
        names = write(root)
        picture(700, 500, 1).save(root / "large.png")
        for quality in (75, 92):
            saved = ["--tile", "--pyramid", "--compression", "jpeg", "--Q", str(quality)]
            target = root / f"q{quality}.tif"
            subprocess.run(["vips", "tiffsave", root / "large.png", target, *saved], check=True)
        with http_server(root, folder) as running:
            yield running, root, names


def test_files_have_the_pixels_of_libjpeg(server: tuple[Server, Path, list[str]]) -> None:
    running, root, names = server
    for name in names:
        expected = Image.open(root / name)
        answer = ask(running.url, f"/iiif/{name}/full/max/0/default.png")
        decoded = Image.open(io.BytesIO(answer.body))
        assert decoded.size == expected.size
        assert numpy.array_equal(numpy.asarray(decoded), numpy.asarray(expected)), name


@pytest.mark.parametrize("name", ["q75.tif", "q92.tif"])
def test_tiles_of_tiff_have_the_pixels_of_libtiff(
    server: tuple[Server, Path, list[str]], name: str
) -> None:
    running, root, _ = server
    expected = numpy.asarray(Image.open(root / name).convert("RGB"))
    answer = ask(running.url, f"/iiif/{name}/full/max/0/default.png")
    assert numpy.array_equal(answer.pixels(), expected)
