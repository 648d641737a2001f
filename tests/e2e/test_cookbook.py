"""Requests that scientists and their clients are known to send, answered and checked."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
from PIL import Image

from oracle import operations as op
from support.client import Answer, ask
from support.folders import temporary_folder
from support.pyramis import http_server

CUBE_SIZE = (4480, 4160)
CUBE_TILE = 112
CUBE_BANDS = (0, 400, 550)

# How far JPEG and WebP of the usual quality are from smooth pictures, on average.
LOSSY = 4


# --- files ---------------------------------------------------------------------------------------


def waves(width: int, height: int, shift: float = 0) -> np.ndarray:
    """A smooth picture from 0 to 1."""
    y, x = np.mgrid[0:height, 0:width]
    return (2 + np.sin(x / 47 + shift) + np.cos(y / 61 - shift)) / 4


def normals() -> np.ndarray:
    """A map of the normals of a wavy surface, 8 bits."""
    slopes = [waves(700, 600, shift) - 0.5 for shift in (0, 2)]
    up = np.ones_like(slopes[0])
    vectors = np.stack([*slopes, up], -1)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (127.5 + 127.5 * vectors).round().astype("u1")


def terrain() -> np.ndarray:
    return (-1960 + 140 * waves(1100, 900)).astype("f4")


def bands() -> np.ndarray:
    picture = np.stack([1100 * waves(600, 500, shift) for shift in (0, 1, 2)], -1)
    return picture.round().astype("u2")


def page(number: int) -> np.ndarray:
    return (255 * waves(300, 200, number)).round().astype("u1")


def cube(band: int, resolution: int = 6) -> np.ndarray:
    """Arithmetic that tells places and bands apart, constant in blocks of 64 pixels."""
    width, height = (side >> (6 - resolution) for side in CUBE_SIZE)
    y, x = np.ogrid[0:height, 0:width]
    block = 64 >> (6 - resolution)
    return ((x // block + 3 * (y // block) + band) % 251).astype("u1")


def write(path: Path, full: np.ndarray, levels: int, tile: int = 256) -> None:
    """A pyramid of every second pixel of the level before."""
    with tifffile.TiffWriter(path) as file:
        for level in range(levels):
            file.write(
                np.ascontiguousarray(full[:: 1 << level, :: 1 << level]),
                tile=(tile, tile),
                photometric="rgb" if full.ndim == 3 else "minisblack",
                compression="adobe_deflate",
                subfiletype=int(level > 0),
                metadata=None,
            )


def write_stack(path: Path) -> None:
    """Three pages, named and with scales, each with its own smaller copy."""
    with tifffile.TiffWriter(path) as file:
        for number in range(3):
            name, scale = f"band{number}", 1 + number / 2
            file.write(
                page(number),
                tile=(256, 256),
                photometric="minisblack",
                subfiletype=2,
                subifds=1,
                metadata=None,
                extratags=[(269, "s", 0, name, True), (37439, "d", 1, scale, True)],
            )
            file.write(
                np.ascontiguousarray(page(number)[::2, ::2]),
                tile=(256, 256),
                photometric="minisblack",
                subfiletype=1,
                metadata=None,
            )


@pytest.fixture(scope="module")
def url():
    with temporary_folder("cookbook") as root, temporary_folder("log") as logs:
        write(root / "normals.tif", normals(), 4, tile=128)
        write(root / "dtm.tif", terrain(), 5, tile=128)
        write(root / "bands.tif", bands(), 3)
        write(root / "a.ptif", bands(), 3)
        write_stack(root / "stack.tif")
        for band in CUBE_BANDS:
            write(root / f"cube_pyr_{band:03}_090.tif", cube(band), 7, tile=CUBE_TILE)
        with http_server(root, logs) as server:
            yield server.url


# --- pictures ------------------------------------------------------------------------------------


def test_hill_shading_of_normals(url):
    full = normals()[:128, 512:640]
    values = op.normalise(full, [(0, 255)] * 3)
    # Six tiles a row, of which the fifth begins at 512.
    expected = op.eight(op.shade_normals(values, 120, 30))
    check_tile(url, "FIF=normals.tif&SHD=120,30&JTL=3,4", expected)


def test_terrain_in_colours(url):
    # Nine tiles a row: the twelfth is the third of the second row.
    part = terrain()[128:256, 256:384, None]
    values = op.normalise(part, [(-1954.39, -1833.56)])
    expected = op.eight(op.colour_map(values, "jet"))
    check_tile(url, "FIF=dtm.tif&MINMAX=0:-1954.39,-1833.56&CMP=jet&JTL=4,11", expected)


def test_one_band_of_a_sequence(url):
    x, y = 1500 % 40 * CUBE_TILE, 1500 // 40 * CUBE_TILE
    expected = cube(550)[y : y + CUBE_TILE, x : x + CUBE_TILE, None]
    check_tile(url, "FIF=cube&SDS=550,90&JTL=6,1500", expected)


def test_a_selection_of_bands(url):
    values = op.normalise(bands()[:256, :256], [(0, 65535)] * 3)[..., ::-1]
    check_tile(url, "FIF=bands.tif&CTW=[0,0,1;0,1,0;1,0,0]&JTL=2,0", op.eight(values))


def test_a_mixture_of_bands(url):
    values = op.normalise(bands()[:256, :256], [(0, 1000)] * 3)
    mixed, _ = op.twist(values, values < 0, [[0.3, 0.6, 0.1]])
    expected = op.eight(op.curve(mixed, 0.4545))
    query = "FIF=bands.tif&MINMAX=-:0,1000&CTW=0.3,0.6,0.1&GAM=0.4545&JTL=2,0"
    check_tile(url, query, expected)


def test_a_page_of_a_stack_as_webp(url):
    answer = ask(url, "/iip?FIF=stack.tif&SDS=2&WTL=1,0")
    check(answer, "image/webp", page(2)[:256, :256, None], LOSSY)


# --- numbers and words ---------------------------------------------------------------------------


def test_a_spectrum_at_a_point(url):
    answer = ask(url, "/iip?FIF=cube&SPECTRA=6,1500,10,10")
    assert (answer.status, media(answer)) == (200, "application/xml"), answer.text
    points = [
        (int(point.findtext("wavelength")), float(point.findtext("reflectance")))
        for point in ElementTree.fromstring(answer.text).iter("point")
    ]
    x, y = 1500 % 40 * CUBE_TILE + 10, 1500 // 40 * CUBE_TILE + 10
    expected = [(band, cube(band)[y, x] / 255) for band in CUBE_BANDS]
    assert [band for band, _ in points] == [band for band, _ in expected]
    assert [value for _, value in points] == pytest.approx([v for _, v in expected], abs=1e-6)


def test_a_profile_in_every_band(url):
    answer = ask(url, "/iip?FIF=cube&PFL=6:4000,4100-4400,4100")
    assert (answer.status, media(answer)) == (200, "application/json"), answer.text
    profile = answer.json()["profile"]
    assert list(profile) == [str(band) for band in CUBE_BANDS]
    for band in CUBE_BANDS:
        assert profile[str(band)] == cube(band)[4100, 4000:4400].tolist()


def test_the_pages_of_a_stack(url):
    answer = ask(url, "/iip?FIF=stack.tif&obj=stack")
    assert (answer.status, media(answer)) == (200, "application/json")
    assert json.loads(answer.text) == [
        {"id": number, "name": f"band{number}", "scale": 1 + number / 2} for number in range(3)
    ]


FACTS = "&".join(
    f"obj={name}"
    for name in (
        "IIP,1.0",
        "max-size",
        "tile-size",
        "resolution-number",
        "bits-per-channel",
        "min-max-sample-values",
    )
)


def test_the_facts_of_an_image(url):
    answer = ask(url, f"/iip?FIF=a.ptif&{FACTS}")
    assert (answer.status, media(answer)) == (200, "application/vnd.netfpx")
    assert answer.text.splitlines() == [
        "Max-size:600 500",
        "Tile-size:256 256",
        "Resolution-number:3",
        "Bits-per-channel:16",
        "Min-Max-sample-values: 0  65535  0  65535  0  65535",
    ]


def test_an_unknown_fact_replaces_the_others(url):
    """`subject` is known where the server is told to speak to VisiOmatic."""
    answer = ask(url, f"/iip?FIF=a.ptif&{FACTS}&obj=subject")
    assert (answer.status, answer.text) == (200, "Error/11:3 2 subject\r\n")


# --- volumes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "wlz=vol.wlz&sel=0,255,255,255&mod=zeta&fxp=10,20,30&scl=1.0&dst=5.0&pit=90&yaw=0&rol=90"
        "&qlt=80&jtl=7",
        "WLZ=vol&YAW=61&PIT=3&MOD=ZETA&OBJ=Wlz-distance-range",
        "WLZ=vol&DST=40&PRL=-1,30,40&OBJ=Wlz-coordinate-3d&OBJ=Wlz-foreground-objects",
        "WLZ=vol&SEL=0&SEL=union(1-3),255,0,0,127&PTL=0,3",
    ],
)
def test_volumes_are_not_here_yet(url, query):
    assert ask(url, f"/iip?{query}").status == 501


# --- helpers -------------------------------------------------------------------------------------


def check_tile(url: str, query: str, expected: np.ndarray) -> None:
    """The tile as asked for, and as PNG, which keeps every value."""
    check(ask(url, f"/iip?{query}"), "image/jpeg", expected, LOSSY)
    answer = ask(url, f"/iip?{query.replace('JTL', 'PTL')}")
    got = check(answer, "image/png", expected, 1)
    worst = np.abs(got - expected.astype(int)).max()
    assert worst <= 1, f"off by {worst}"


def check(answer: Answer, kind: str, expected: np.ndarray, mean: float) -> np.ndarray:
    """Status, type, size and channels, and the mean difference."""
    assert (answer.status, media(answer)) == (200, kind), answer.body[:200]
    picture = Image.open(io.BytesIO(answer.body))
    # WebP has three channels whatever it shows.
    wanted = "RGB" if expected.shape[2] == 3 or kind == "image/webp" else "L"
    assert picture.mode == wanted
    got = np.asarray(picture).astype(int).reshape(*picture.size[::-1], -1)
    assert got.shape[:2] == expected.shape[:2]
    off = np.abs(got - expected.astype(int)).mean()
    assert off <= mean, f"off by {off:.2f} on average"
    return got


def media(answer: Answer) -> str:
    return answer.headers["content-type"].partition(";")[0]
