"""ICC_TO_SRGB against Little CMS, over profiles that are made here."""

import io
from collections.abc import Iterator

import numpy
import pytest
import tifffile
from PIL import Image, ImageCms

from support import profiles
from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

SIDE = 320
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILES = {
    "adobe": profiles.matrix(*profiles.ADOBE),
    "prophoto": profiles.matrix(*profiles.PROPHOTO),
    "table": profiles.table(*profiles.SRGB),
    "gray18": profiles.gray(1.8),
    "gray10": profiles.gray(1.0),
    "srgb": SRGB,
    "bad": b"no profile at all" * 20,
    # Of other colours than those of its picture.
    "foreign": profiles.gray(1.8),
}


def colors() -> numpy.ndarray:
    """Slopes of all three colours, and all their corners."""
    y, x = numpy.mgrid[:SIDE, :SIDE]
    red, green, blue = x * 255 / (SIDE - 1), y * 255 / (SIDE - 1), (x + 2 * y) * 5 % 256
    return numpy.stack([red, green, blue], axis=2).astype("uint8")


def greys() -> numpy.ndarray:
    return colors()[:, :, 0]


def pixels(name: str) -> numpy.ndarray:
    return greys() if name.startswith("gray") else colors()


@pytest.fixture(scope="module")
def root() -> Iterator:
    with temporary_folder("icc") as root:
        for name, profile in PROFILES.items():
            kind = "minisblack" if name.startswith("gray") else "rgb"
            about = {"photometric": kind, "tile": (256, 256), "iccprofile": profile}
            tifffile.imwrite(root / f"{name}.tif", pixels(name), **about)
            if name in ("adobe", "srgb"):
                about["photometric"] = "ycbcr"
                tifffile.imwrite(
                    root / f"{name}-jpeg.tif", colors(), compression="jpeg", **about
                )
        alpha = numpy.dstack([colors(), greys()[::-1]])
        tifffile.imwrite(
            root / "alpha.tif",
            alpha,
            photometric="rgb",
            extrasamples=["unassalpha"],
            tile=(256, 256),
            iccprofile=PROFILES["adobe"],
        )
        deep = colors().astype("uint16") * 257
        tifffile.imwrite(
            root / "deep.tif",
            deep,
            photometric="rgb",
            tile=(256, 256),
            iccprofile=PROFILES["adobe"],
        )
        yield root


@pytest.fixture(scope="module")
def server(root) -> Iterator[Server]:
    with temporary_folder("server") as folder:
        with http_server(root, folder, ICC_TO_SRGB="1") as running:
            yield running


def little_cms(found: numpy.ndarray, profile: bytes) -> numpy.ndarray:
    """Colours in sRGB; the intent is that of the profile."""
    image = ImageCms.profileToProfile(
        Image.fromarray(found),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.ImageCmsProfile(io.BytesIO(SRGB)),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    return numpy.asarray(image).astype(int)


def opened(answer) -> Image.Image:
    assert answer.status == 200, answer.text
    return Image.open(io.BytesIO(answer.body))


def difference(image: Image.Image, expected: numpy.ndarray) -> int:
    return int(numpy.abs(numpy.asarray(image.convert("RGB")).astype(int) - expected).max())


@pytest.mark.parametrize("name", ["adobe", "prophoto", "table", "gray18"])
def test_colours_are_those_of_little_cms(server, name):
    expected = little_cms(pixels(name), PROFILES[name])
    assert numpy.abs(expected - colors()).max() > 20, "there is something to convert"
    image = opened(ask(server.url, f"/iip?FIF={name}.tif&CVT=png"))
    assert "icc_profile" not in image.info
    assert image.mode == ("L" if name.startswith("gray") else "RGB")
    worst = difference(image, expected)
    print(f"{name}: {worst} levels at most")
    assert worst <= 2
    # A tile is a part of it, whatever the protocol.
    tile = opened(ask(server.url, f"/iip?FIF={name}.tif&PTL=1,0"))
    assert difference(tile, numpy.asarray(image.convert("RGB")).astype(int)[:256, :256]) == 0


def test_linear_greys_are_those_of_the_standard(server):
    # Little CMS takes a coarse table for these, 10 levels off in the darkest: so IEC 61966-2-1.
    light = greys() / 255
    code = numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    image = opened(ask(server.url, "/iip?FIF=gray10.tif&CVT=png"))
    assert image.mode == "L"
    assert numpy.abs(numpy.asarray(image) - code * 255).max() <= 1


def test_opacity_stays(server):
    image = opened(ask(server.url, "/iip?FIF=alpha.tif&CVT=png"))
    assert image.mode == "RGBA"
    assert (numpy.asarray(image)[:, :, 3] == greys()[::-1]).all()
    assert difference(image, little_cms(colors(), PROFILES["adobe"])) <= 2


def test_deep_samples_are_converted_for_the_screen_only(server):
    image = opened(ask(server.url, "/iip?FIF=deep.tif&CVT=png"))
    assert difference(image, little_cms(colors(), PROFILES["adobe"])) <= 2
    for query in ["DEPTH=16&CVT=tiff", "DEPTH=float&CVT=tiff"]:
        answer = ask(server.url, f"/iip?FIF=deep.tif&{query}")
        with tifffile.TiffFile(io.BytesIO(answer.body)) as file:
            assert (file.asarray() == colors().astype("uint16") * 257).all()
            assert file.pages[0].tags["InterColorProfile"].value == PROFILES["adobe"]
    raw = ask(server.url, "/iip?FIF=adobe.tif&CVT=raw").body
    assert raw == colors().tobytes()


def test_grey_is_that_of_the_converted_colours(server):
    image = opened(ask(server.url, "/iiif/adobe.tif/full/max/0/gray.png"))
    expected = little_cms(colors(), PROFILES["adobe"]) @ [0.299, 0.587, 0.114]
    assert numpy.abs(numpy.asarray(image) - expected).max() <= 3
    # Black and white are told apart among the converted ones as well.
    bitonal = opened(ask(server.url, "/iiif/adobe.tif/full/max/0/bitonal.png"))
    grey = numpy.asarray(image)
    white = numpy.asarray(bitonal.convert("L")) > 0
    assert grey[white].min() > grey[~white].max()


def test_stored_tiles_are_sent_as_they_are_only_in_srgb(server, root):
    for name, is_stored in [("srgb-jpeg", True), ("adobe-jpeg", False)]:
        with tifffile.TiffFile(root / f"{name}.tif") as file:
            page = file.pages[0]
            file.filehandle.seek(page.dataoffsets[0])
            data = file.filehandle.read(page.databytecounts[0])
        # The entropy-coded part, whatever tables are before it.
        scan = data[data.index(b"\xff\xda") : -2]
        answer = ask(server.url, f"/iip?FIF={name}.tif&JTL=1,0")
        assert (scan in answer.body) == is_stored
        assert ("icc_profile" in opened(answer).info) == is_stored


@pytest.mark.parametrize("name", ["bad", "foreign"])
def test_a_profile_that_cannot_be_used_is_carried(server, name):
    image = opened(ask(server.url, f"/iip?FIF={name}.tif&CVT=png"))
    assert difference(image, colors()) == 0
    assert image.info["icc_profile"] == PROFILES[name]
    ask(server.url, f"/iip?FIF={name}.tif&PTL=1,0")
    assert server.log.read_text().count(f"{name}.tif") >= 1
    lines = [line for line in server.log.read_text().splitlines() if "colours stay" in line]
    assert len([line for line in lines if f"{name}.tif" in line]) == 1


def test_without_the_setting_profiles_are_carried(root, folder):
    with http_server(root, folder) as running:
        for name in ["adobe", "gray18"]:
            image = opened(ask(running.url, f"/iip?FIF={name}.tif&CVT=png"))
            assert (numpy.asarray(image) == pixels(name)).all()
            assert image.info["icc_profile"] == PROFILES[name]
