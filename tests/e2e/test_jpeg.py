"""JPEG answers of any size and content, as other decoders read them.

What they have to show is the same region as PNG, which is lossless.
"""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import tifffile
from PIL import Image

from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

WIDTH, HEIGHT = 700, 500
# Horizontal and vertical factors of luminance, then of both kinds of chrominance.
SAMPLINGS = {
    "420": [(2, 2), (1, 1), (1, 1)],
    "422": [(2, 1), (1, 1), (1, 1)],
    "444": [(1, 1), (1, 1), (1, 1)],
}


def pixels(channels: int) -> numpy.ndarray:
    """Slopes, edges and grain; colour changes over several pixels."""
    random = numpy.random.default_rng(11)
    y, x = numpy.mgrid[:HEIGHT, :WIDTH]
    colors = [
        110 + 50 * numpy.sin(x / 23 + color) + 40 * numpy.cos(y / (17 + color)) + (x // 64 % 2) * 20
        for color in range(channels)
    ]
    grain = random.integers(0, 12, (HEIGHT, WIDTH, 1))
    return (numpy.stack(colors, axis=2) + grain).clip(0, 255).astype("uint8")


@pytest.fixture(scope="module", params=SAMPLINGS)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    with temporary_folder("jpeg") as root, temporary_folder("server") as folder:
        tifffile.imwrite(root / "color.tif", pixels(3), photometric="rgb", tile=(256, 256))
        tifffile.imwrite(root / "grey.tif", pixels(1)[:, :, 0], tile=(256, 256))
        settings = {"JPEG_SUBSAMPLING": request.param, "JPEG_QUALITY": "95"}
        with http_server(root, folder, **settings) as running:
            yield request.param, running


def regions() -> list[tuple[int, int, int, int]]:
    """All small sizes around a block and around two MCUs, then any."""
    random = numpy.random.default_rng(5)
    sides = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33]
    sizes = [(width, height) for width in sides for height in sides]
    sizes += [tuple(random.integers(1, 300, 2)) for _ in range(30)]
    corners = random.integers(0, (WIDTH - 300, HEIGHT - 300), (len(sizes), 2))
    return [(*map(int, corner), *map(int, size)) for corner, size in zip(corners, sizes)]


@pytest.mark.parametrize("name", ["color", "grey"])
def test_other_decoders_show_the_region(server: tuple[str, Server], name: str) -> None:
    subsampling, running = server
    for x, y, width, height in regions():
        path = f"/iiif/{name}.tif/{x},{y},{width},{height}/max/0/default"
        expected = Image.open(io.BytesIO(ask(running.url, f"{path}.png").body))
        answer = ask(running.url, f"{path}.jpg").body
        jpeg = Image.open(io.BytesIO(answer))
        assert (jpeg.size, jpeg.mode) == (expected.size, expected.mode)
        if name == "color":
            assert [layer[1:3] for layer in jpeg.layer] == SAMPLINGS[subsampling]
        difference = numpy.asarray(jpeg).astype(int) - numpy.asarray(expected)
        assert abs(difference).mean() < 3.5, (x, y, width, height)
        assert abs(difference).max() < 40, (x, y, width, height)


def test_libvips_reads_them_without_a_warning(
    server: tuple[str, Server], tmp_path: Path
) -> None:
    _, running = server
    for x, y, width, height in regions()[::12]:
        path = tmp_path / "answer.jpg"
        answer = ask(running.url, f"/iiif/color.tif/{x},{y},{width},{height}/max/0/default.jpg")
        path.write_bytes(answer.body)
        # The mean needs every pixel; a damaged scan is a warning.
        output = subprocess.run(
            ["vips", "avg", str(path)], check=True, capture_output=True, text=True
        )
        assert output.stderr == ""
        assert float(output.stdout) == pytest.approx(answer.pixels().mean(), abs=1)
