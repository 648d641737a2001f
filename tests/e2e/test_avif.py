"""AVIF answers, read by libavif (Pillow), libheif (libvips) and exiftool.

Runs where the program has AVIF: `tests/run avif` builds one.
"""

import io
import json
import subprocess
from collections.abc import Iterator

import numpy
import pytest
import tifffile
from PIL import Image, ImageCms

from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

SIDE = 300
RIGHTS = "CC0 by nobody"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="test/xmp"/></rdf:RDF></x:xmpmeta>'
)


def picture(channels: int) -> numpy.ndarray:
    """Smooth waves of another length in each channel, with a hard edge."""
    y, x = numpy.mgrid[:SIDE, :SIDE]
    waves = [128 + 100 * numpy.sin(x / (9 + 7 * c) + y / (23 - 3 * c)) for c in range(channels)]
    pixels = numpy.stack(waves, axis=2)
    pixels[100:140, 60:200, 0] = 250
    return pixels.astype("uint8")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with temporary_folder("avif") as root, temporary_folder("server") as folder:
        for channels in [1, 2, 3, 4]:
            tifffile.imwrite(
                root / f"{channels}.tif",
                picture(channels).squeeze(),
                photometric="minisblack" if channels < 3 else "rgb",
                planarconfig="contig",
                extrasamples=["unassalpha"] if channels % 2 == 0 else None,
                tile=(256, 256),
            )
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        tifffile.imwrite(
            root / "told.tif",
            picture(3),
            photometric="rgb",
            tile=(256, 256),
            iccprofile=profile,
            resolution=(300, 300),
            resolutionunit="INCH",
            metadata=None,
            extratags=[
                (33432, 2, 0, RIGHTS, True),
                (700, 1, len(XMP), XMP.encode(), True),
            ],
        )
        with http_server(root, folder) as running:
            if "avif" not in ask(running.url, "/iiif/3.tif/info.json").json()["extraFormats"]:
                pytest.skip("this program was built without AVIF")
            yield running


def by_vips(body: bytes, folder) -> numpy.ndarray:
    path, raw = folder / "answer.avif", folder / "answer.raw"
    path.write_bytes(body)
    subprocess.run(["vips", "rawsave", str(path), str(raw)], check=True, capture_output=True)
    image = Image.open(io.BytesIO(body))
    return numpy.fromfile(raw, dtype="uint8").reshape(image.height, image.width, -1)


def spread(pixels: numpy.ndarray) -> numpy.ndarray:
    """Grey, perhaps with opacity, as colours."""
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[2] < 3:
        pixels = pixels[:, :, [0, 0, 0, 1][: pixels.shape[2] + 2]]
    return pixels


def decibels(found: numpy.ndarray, expected: numpy.ndarray) -> float:
    error = ((found.astype(float) - expected) ** 2).mean()
    return 99 if error == 0 else float(10 * numpy.log10(255**2 / error))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("quality, least", [(-1, 46), (90, 36), (50, 29)])
def test_pixels_are_near(server, folder, channels, quality, least):
    answer = ask(server.url, f"/iip?FIF={channels}.tif&QLT={quality}&CVT=avif")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/avif")
    expected = spread(picture(channels))
    image = Image.open(io.BytesIO(answer.body))
    assert (image.size, image.has_transparency_data) == ((SIDE, SIDE), channels % 2 == 0)
    found = {"libavif": numpy.asarray(image), "libheif": by_vips(answer.body, folder)}
    for name, pixels in found.items():
        pixels = spread(pixels)
        assert pixels.shape == expected.shape, name
        assert decibels(pixels, expected) >= least, (name, decibels(pixels, expected))


def test_the_finest_quality_is_within_a_few_levels(server):
    body = ask(server.url, "/iip?FIF=3.tif&QLT=-1&CVT=avif").body
    found = numpy.asarray(Image.open(io.BytesIO(body))).astype(int)
    assert numpy.abs(found - picture(3)).max() <= 6


@pytest.mark.parametrize("width, height", [(1, 1), (3, 200), (199, 2), (255, 257)])
def test_every_size_is_whole(server, folder, width, height):
    answer = ask(server.url, f"/iiif/3.tif/0,0,{width},{height}/max/0/default.avif")
    expected = picture(3)[:height, :width]
    found = numpy.asarray(Image.open(io.BytesIO(answer.body)))
    assert found.shape == expected.shape
    assert abs(found.astype(float) - expected).mean() < 12
    assert by_vips(answer.body, folder).shape == expected.shape


def test_tiles_and_settings(server):
    tile = ask(server.url, "/iip?FIF=3.tif&ATL=1,0")
    image = Image.open(io.BytesIO(tile.body))
    assert image.format == "AVIF" and image.size == (256, 256)
    # AVIF_QUALITY is 50 by default.
    sizes = [len(ask(server.url, f"/iip?FIF=3.tif{q}&CVT=avif").body) for q in
             ["&QLT=40", "", "&QLT=60"]]
    assert sizes[0] < sizes[1] < sizes[2]


def test_profile_and_metadata_are_embedded(server, folder):
    answer = ask(server.url, "/iiif/told.tif/full/200,/0/default.avif")
    image = Image.open(io.BytesIO(answer.body))
    assert image.info["icc_profile"].startswith(b"\0\0") and b"test/xmp" in image.info["xmp"]
    assert image.getexif()[33432] == RIGHTS
    path = folder / "a.avif"
    path.write_bytes(answer.body)
    output = subprocess.run(
        ["exiftool", "-j", "-n", "-G0", str(path)], check=True, capture_output=True
    ).stdout
    found = json.loads(output)[0]
    assert not [key for key in found if key.endswith(":Warning")], found
    assert found["ICC_Profile:ProfileDescription"] == "sRGB built-in"
    assert found["XMP:Format"] == "test/xmp" and found["EXIF:Copyright"] == RIGHTS
    assert (found["EXIF:XResolution"], found["EXIF:ResolutionUnit"]) == (300 * 200 / SIDE, 2)
    assert (found["File:ImageWidth"], found["File:ImageHeight"]) == (200, 200)
