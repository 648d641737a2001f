"""Output formats, read by others: exiftool, libvips, Pillow.

What the pixels and numbers have to be is computed here.
"""

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import tifffile
from PIL import Image, ImageCms

from support import picture
from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server

SIDE = 512
RIGHTS, AUTHOR, TITLE = "CC0 by nobody", "A. Author", "A map"
DEFAULT_RIGHTS = "https://creativecommons.org/publicdomain/mark/1.0/"
XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="test/xmp"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
PICTURES = ["jpg", "png", "webp", "tif"]


def numbers(kind: str) -> numpy.ndarray:
    """Three channels in which every bit of a sample is in use."""
    random = numpy.random.default_rng(4)
    slope = numpy.linspace(0, 1, SIDE)[None, :, None] + numpy.zeros((SIDE, SIDE, 3))
    noise = random.random((SIDE, SIDE, 3)) * 0.1
    scale = {"uint8": 200, "uint16": 60_000, "float32": 7.5}[kind]
    return ((slope + noise) / 1.2 * scale).astype(kind)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with temporary_folder("outputs") as root, temporary_folder("server") as folder:
        for kind in ["uint8", "uint16", "float32"]:
            tifffile.imwrite(
                root / f"{kind}.tif", numbers(kind), photometric="rgb", tile=(256, 256)
            )
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        tifffile.imwrite(
            root / "told.tif",
            numbers("uint8"),
            photometric="rgb",
            tile=(256, 256),
            iccprofile=profile,
            resolution=(300, 300),
            resolutionunit="INCH",
            metadata=None,
            extratags=[
                (33432, 2, 0, RIGHTS, True),
                (315, 2, 0, AUTHOR, True),
                (269, 2, 0, TITLE, True),
                (700, 1, len(XMP), XMP.encode(), True),
            ],
        )
        exif = Image.Exif()
        exif[0x0112], exif[0x8298], exif[0x011A], exif[0x011B] = 6, RIGHTS, 300.0, 300.0
        exif[0x0128] = 2
        Image.fromarray(numbers("uint8")[:256]).save(root / "turned.jpg", exif=exif, quality=95)
        with http_server(root, folder, COPYRIGHT=DEFAULT_RIGHTS) as running:
            yield running


def told(body: bytes, name: str, folder: Path) -> dict:
    """What exiftool finds in an answer; numbers as they are stored."""
    path = folder / name
    path.write_bytes(body)
    output = subprocess.run(
        ["exiftool", "-j", "-n", "-G0", str(path)], check=True, capture_output=True
    ).stdout
    return json.loads(output)[0]


def vips_pixels(body: bytes, folder: Path, kind: str) -> numpy.ndarray:
    """The samples as libvips decodes them."""
    path, raw = folder / "answer", folder / "answer.raw"
    path.write_bytes(body)
    subprocess.run(["vips", "rawsave", str(path), str(raw)], check=True, capture_output=True)

    def field(name: str) -> int:
        output = subprocess.run(
            ["vipsheader", "-f", name, str(path)], check=True, capture_output=True, text=True
        )
        return int(output.stdout)

    shape = (field("height"), field("width"), field("bands"))
    return numpy.fromfile(raw, dtype=kind).reshape(shape)


def vips_density(path: Path) -> float:
    """Pixels per inch from left to right, as libvips reads it."""
    output = subprocess.run(
        ["vipsheader", "-f", "xres", str(path)], check=True, capture_output=True, text=True
    )
    return float(output.stdout) * 25.4


# --- what is beside the pixels -------------------------------------------------------------------


@pytest.mark.parametrize("extension", PICTURES)
def test_regions_carry_profile_texts_and_resolution(server, folder, extension):
    name = f"a.{extension}"
    answer = ask(server.url, f"/iiif/told.tif/full/200,/0/default.{extension}")
    assert answer.status == 200
    found = told(answer.body, name, folder)
    assert "Warning" not in found and "ExifTool:Warning" not in found, found
    assert found["ICC_Profile:ProfileDescription"] == "sRGB built-in"
    assert found["XMP:Format"] == "test/xmp"
    copyrights = [value for key, value in found.items() if key.endswith(":Copyright")]
    assert RIGHTS in copyrights and DEFAULT_RIGHTS not in copyrights, found
    # 200 pixels where the file has 512, on the same paper.
    density = 300 * 200 / SIDE
    if extension == "png":
        assert found["PNG:PixelsPerUnitX"] == round(density / 0.0254)
        assert found["PNG:Title"] == TITLE and found["PNG:Author"] == AUTHOR
    elif extension == "jpg":
        assert (found["JFIF:XResolution"], found["JFIF:ResolutionUnit"]) == (round(density), 1)
    else:
        assert (found["EXIF:XResolution"], found["EXIF:ResolutionUnit"]) == (density, 2)
    assert vips_density(folder / name) == pytest.approx(density, abs=0.2) or extension == "webp"


@pytest.mark.parametrize("extension", PICTURES)
def test_regions_of_files_without_rights_carry_those_of_the_setting(server, folder, extension):
    answer = ask(server.url, f"/iiif/uint8.tif/full/200,/0/default.{extension}")
    assert answer.status == 200
    found = told(answer.body, f"a.{extension}", folder)
    copyrights = [value for key, value in found.items() if key.endswith(":Copyright")]
    assert copyrights == [DEFAULT_RIGHTS], found


@pytest.mark.parametrize("extension", PICTURES)
def test_tiles_carry_the_profile_only(server, folder, extension):
    letter = {"jpg": "J", "png": "P", "webp": "W", "tif": "T"}[extension]
    answer = ask(server.url, f"/iip?FIF=told.tif&QLT=9&{letter}TL=1,0")
    assert answer.status == 200
    found = told(answer.body, f"a.{extension}", folder)
    assert found["ICC_Profile:ProfileDescription"] == "sRGB built-in"
    assert not [key for key in found if key.startswith("XMP") or key.endswith(":Copyright")]


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_the_exif_block_says_upright(server, folder, extension):
    answer = ask(server.url, f"/iiif/turned.jpg/full/100,/0/default.{extension}")
    found = told(answer.body, f"a.{extension}", folder)
    assert (found["EXIF:Orientation"], found["EXIF:Copyright"]) == (1, RIGHTS)
    # 256 pixels wide when it stands upright.
    assert found["EXIF:XResolution"] == 300 * 100 / 256
    assert Image.open(io.BytesIO(answer.body)).size == (100, 200)


# --- pixels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", ["none", "lzw", "deflate", "zstd", "jpeg", "webp"])
@pytest.mark.parametrize("width", [300, 1200])
def test_every_compression_of_tiff_is_read_by_libvips(server, folder, compression, width):
    query = f"/iip?FIF=uint8.tif&WID={width}&QLT={compression}:90&CVT="
    wanted = vips_pixels(ask(server.url, query + "png").body, folder, "uint8")
    answer = ask(server.url, query + "tiff")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/tiff")
    found = vips_pixels(answer.body, folder, "uint8")
    if compression in ("jpeg", "webp"):
        picture.assert_same(found, wanted, mean=3, worst=25)
    else:
        assert (found == wanted).all()


def test_webp_is_lossless_below_quality_1(server):
    for quality in (0, -1):
        answer = ask(server.url, f"/iip?FIF=uint8.tif&QLT={quality}&CVT=webp")
        assert (answer.pixels() == numbers("uint8")).all()
    lossy = ask(server.url, "/iip?FIF=uint8.tif&QLT=90&CVT=webp").pixels()
    picture.assert_same(lossy, numbers("uint8"), mean=4, worst=30)


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_16_bits_are_the_numbers_of_the_file(server, folder, extension):
    for query in (
        f"/iiif/uint16.tif/full/max/0/default.{extension}?depth=16",
        f"/iip?DEPTH=16&IIIF=uint16.tif/full/max/0/default.{extension}",
    ):
        answer = ask(server.url, query)
        assert answer.status == 200
        found = vips_pixels(answer.body, folder, "uint16")
        assert (found == numbers("uint16")).all()


@pytest.mark.parametrize("compression", ["none", "lzw", "deflate", "zstd", "jpeg", "webp"])
def test_single_precision_is_the_numbers_of_the_file(server, folder, compression):
    """JPEG and WebP cannot hold it; Deflate takes their place."""
    query = f"/iip?FIF=float32.tif&DEPTH=float&QLT={compression}:5&CVT=tiff"
    found = vips_pixels(ask(server.url, query).body, folder, "float32")
    assert (found == numbers("float32")).all()


@pytest.mark.parametrize(
    ("name", "depth", "kind"),
    [("uint8", "8", "u8"), ("uint16", "16", "u16"), ("float32", "float", "f32")],
)
def test_raw_tiles_are_told_by_their_headers(server, name, depth, kind):
    answer = ask(server.url, f"/iip?FIF={name}.tif&DEPTH={depth}&RTL=1,1")
    headers = answer.headers
    assert (answer.status, headers["content-type"]) == (200, "application/octet-stream")
    shape = [int(headers[f"x-raw-{side}"]) for side in ("height", "width", "channels")]
    assert (shape, headers["x-raw-type"]) == ([256, 256, 3], kind)
    assert headers["x-raw-byte-order"] == "little-endian"
    found = numpy.frombuffer(answer.body, dtype="<" + numpy.dtype(name).str[1:]).reshape(shape)
    assert (found == numbers(name)[:256, 256:]).all()


@pytest.mark.parametrize(
    "query",
    [
        "DEPTH=16&CVT=jpeg",
        "DEPTH=16&CVT=webp",
        "DEPTH=float&CVT=png",
        "DEPTH=12&CVT=png",
    ],
)
def test_a_depth_that_a_format_cannot_hold_is_refused(server, query):
    answer = ask(server.url, f"/iip?FIF=uint16.tif&{query}")
    assert answer.status == 400 and "depth" in answer.text.lower()


def test_what_is_advertised_is_answered(server):
    document = ask(server.url, "/iiif/uint8.tif/info.json").json()
    assert document["extraFormats"][:1] == ["webp"] and "tif" in document["extraFormats"]
    for extension in document["extraFormats"]:
        answer = ask(server.url, f"/iiif/uint8.tif/full/64,/0/default.{extension}")
        assert (answer.status, Image.open(io.BytesIO(answer.body)).size) == (200, (64, 64))
