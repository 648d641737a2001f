"""Decodes files with programs that have nothing to do with ours.

Each function gives a `Picture` of samples as the file has them, or with its notes what was already
done to them. More than one is asked, because each has gaps and some have faults.
"""

import contextlib
import io
import logging
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pyvips
import tifffile
from PIL import Image, ImageFile

from display import Picture

Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
logging.getLogger("tifffile").setLevel(logging.CRITICAL)

# Largest and mean difference allowed for lossy formats: decoders may round as they like, and
# upsample colours as they like.
LOSSY = (3, 1.0)
SUBSAMPLED = (64, 1.5)


def pictures(path: Path) -> Iterator[Picture]:
    """What every decoder that can read the file makes of its first image."""
    head = path.open("rb").read(12)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        makers = (_tifffile, _gdal_tiff, _vips, _pillow)
        if int(_facts(path)[0].compression) in (2, 3, 4):
            # tifffile stops at end-of-line codes that libtiff understands.
            makers = makers[::-1]
    elif head[:2] == b"\xff\xd8":
        makers = (_pillow, _libjpeg, _vips)
    elif head[4:8] == b"jP  " or head[:4] == b"\xff\x4f\xff\x51":
        makers = (_openjpeg, _openjph, _opj_components, _opj_grid, _twin, _pillow)
    else:
        makers = (_pillow, _vips)
    for maker in makers:
        # A decoder that fails for whatever reason is not asked again.
        with contextlib.suppress(Exception):
            picture = maker(path)
            if picture is not None and picture.samples.size:
                yield picture


# --- TIFF ----------------------------------------------------------------------------------------

COLORS = {0: "white", 1: "gray", 2: "rgb", 3: "palette", 5: "cmyk", 6: "ycc", 8: "lab", 9: "lab"}


def _facts(path: Path) -> tuple[Picture, tifffile.TiffPage]:
    """What the tags say; the samples are still missing."""
    page = tifffile.TiffFile(path).pages[0]
    tags = {tag.code: tag.value for tag in page.tags}
    bits = page.bitspersample
    bits = max(bits) if isinstance(bits, tuple) else bits
    photometric = tags.get(262)
    color = COLORS.get(int(photometric) if photometric is not None else 1, "unknown")
    extra = tags.get(338, ())
    extra = extra if isinstance(extra, tuple) else (extra,)
    alpha = {1: "premultiplied", 2: "straight"}.get(int(extra[0]) if extra else 0, "none")
    if color == "gray" and page.samplesperpixel > 1 and alpha == "none":
        color = "bands"
    table = tags.get(320)
    nodata = None
    with contextlib.suppress(ValueError, TypeError):
        nodata = float(str(tags[42113]).strip("\0 ")) if 42113 in tags else None
    icc = tags.get(34675)
    compression = int(page.compression)
    lossy = compression in (6, 7, 33003, 33005, 33004, 34712, 34892, 50001, 34887)
    subsampled = tags.get(530, (2, 2)) != (1, 1) and int(photometric or 0) == 6
    largest, mean = (0, 0) if not lossy else SUBSAMPLED if subsampled else LOSSY
    if compression == 6:
        # libtiff repeats colours, where others smooth them.
        largest, mean = 64, 2
    picture = Picture(
        "tags",
        np.empty(0),
        bits,
        color,
        alpha,
        None if table is None else np.asarray(table).reshape(3, -1).T.astype(np.uint16),
        largest,
        mean,
        int(tags.get(274, 1)),
        nodata,
        icc if isinstance(icc, bytes) else None,
    )
    picture.compression = compression
    picture.absent = _absent(page)
    return picture, page


def _absent(page) -> np.ndarray | None:
    """Where tiles are left out of the file; what is shown there is up to the program."""
    if not page.is_tiled or all(page.databytecounts):
        return None
    wide, tall = page.tilewidth, page.tilelength
    columns, rows = -(-page.imagewidth // wide), -(-page.imagelength // tall)
    stored = np.asarray(page.databytecounts[: columns * rows]).reshape(rows, columns)
    absent = np.repeat(np.repeat(stored == 0, tall, 0), wide, 1)
    return absent[: page.imagelength, : page.imagewidth]


def _tifffile(path: Path) -> Picture | None:
    facts, page = _facts(path)
    color = facts.color
    compression = int(page.compression)
    if color == "unknown" or (color == "ycc" and compression not in (6, 7)):
        return None
    samples = page.asarray(maxworkers=2)
    if samples.dtype.kind == "c":
        return None
    if samples.dtype == bool:
        samples = samples.astype(np.uint8)
    if samples.ndim > 3:
        samples = samples[0] if samples.shape[0] == 1 else samples
    if page.planarconfig == 2 and samples.ndim == 3:
        samples = np.moveaxis(samples, 0, -1)
    if color == "ycc":
        color = "rgb"
    if compression in (33003, 33004) and color == "rgb":
        # Luma and colour differences whatever the tag says; the codestream has no colour model.
        color = "ycc"
    if color == "lab":
        samples = _icc_lab(samples, facts.bits, page)
    return replace(facts, source="tifffile", samples=samples, color=color)


def _icc_lab(samples: np.ndarray, bits: int, page) -> np.ndarray:
    """ICCLab has a and b with an offset instead of a sign; 16 bits of it full scale 65280."""
    if int(page.photometric) != 9 or samples.dtype.kind == "f":
        return samples
    samples = samples.copy()
    half = 1 << (bits - 1)
    samples[:, :, 1:3] ^= samples.dtype.type(half)
    return samples


GDAL = """
import sys, numpy
from osgeo import gdal
gdal.UseExceptions()
source = gdal.Open(sys.argv[1])
numpy.save(sys.argv[2], source.ReadAsArray())
"""


def _gdal(path: Path) -> np.ndarray:
    with tempfile.NamedTemporaryFile(suffix=".npy") as out:
        subprocess.run(
            ["/usr/bin/python3", "-c", GDAL, str(path), out.name],
            check=True,
            capture_output=True,
            timeout=120,
        )
        array = np.load(out.name)
    return np.moveaxis(array, 0, -1) if array.ndim == 3 else array


def _gdal_tiff(path: Path) -> Picture | None:
    facts, page = _facts(path)
    samples = _gdal(path)
    color = facts.color
    if samples.dtype.kind == "c" or color == "unknown":
        return None
    if color in ("cmyk", "lab") and samples.dtype == np.uint8:
        # Comes as RGB, by a formula of libtiff's own.
        return None
    largest, mean = facts.largest, facts.mean
    if color == "ycc":
        color, samples = "rgb", samples[:, :, :3]
        if not mean:
            largest, mean = SUBSAMPLED
    if color == "lab":
        samples = _icc_lab(samples, facts.bits, page)
    if samples.dtype.kind == "f" or samples.dtype.kind == "i":
        largest, mean = 0, 0
    return replace(
        facts, source="GDAL", samples=samples, color=color, largest=largest, mean=mean
    )


# --- Pictures as they are shown ------------------------------------------------------------------


def _tolerance(path: Path) -> tuple[float, float, int]:
    """Bounds and orientation of a file whose decoder does the colours itself."""
    head = path.open("rb").read(4)
    if head[:2] == b"\xff\xd8":
        sampling = _jpeg_sampling(path.read_bytes())
        with contextlib.suppress(Exception):
            orientation = Image.open(path).getexif().get(274, 1)
            return *(SUBSAMPLED if sampling else LOSSY), orientation
        return *(SUBSAMPLED if sampling else LOSSY), 1
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        facts, _ = _facts(path)
        bounds = (facts.largest, facts.mean)
        if facts.color == "ycc":
            bounds = max(SUBSAMPLED, bounds)
        return *bounds, facts.orientation
    if head[:4] in (b"\xff\x4f\xff\x51", b"\0\0\0\x0c"):
        return *(LOSSY if _codestream(path.read_bytes())["lossy"] else (0, 0)), 1
    return 0, 0, 1


def _jpeg_sampling(data: bytes) -> bool:
    """Whether the components of a JPEG have different sampling factors."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker in (0xFF, 0x00, 0x01, *range(0xD0, 0xD9)):
            at += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            count = data[at + 9]
            return len({data[at + 11 + 3 * i] for i in range(count)}) > 1
        at += 2 + size
    return False


def _vips(path: Path) -> Picture | None:
    image = pyvips.Image.new_from_file(str(path))
    if image.format not in ("uchar", "ushort"):
        return None
    color = {
        "b-w": "gray", "grey16": "gray", "srgb": "rgb", "rgb": "rgb", "rgb16": "rgb",
    }.get(image.interpretation)
    if color is None:
        return None
    largest, mean, orientation = _tolerance(path)
    if path.suffix.startswith(".tif") and _facts(path)[0].color == "ycc" and not mean:
        # Comes without conversion.
        return None
    alpha = "straight" if image.hasalpha() else "none"
    bits = 8 if image.format == "uchar" else 16
    if bits == 16 and path.suffix.startswith(".tif") and _facts(path)[0].bits != 16:
        return None
    return Picture(
        "libvips", image.numpy().reshape(image.height, image.width, -1), bits, color, alpha, None, largest, mean, orientation
    )


def _pillow(path: Path) -> Picture | None:
    image = Image.open(path)
    icc = image.info.get("icc_profile")
    mode = image.mode
    tiff = path.open("rb").read(2) in (b"II", b"MM")
    image.load()
    largest, mean, orientation = _tolerance(path)
    if tiff and _facts(path)[0].compression != 1:
        # Compressed TIFF pictures are turned while they are loaded.
        orientation = 1
    if mode in ("1", "P", "PA"):
        image = image.convert({"1": "L", "P": "RGB", "PA": "RGBA"}[mode])
    color = {"L": "gray", "LA": "gray", "RGB": "rgb", "RGBA": "rgb", "CMYK": "cmyk"}
    if image.mode == "I;16":
        samples, bits, name = np.asarray(image), 16, "gray"
    elif image.mode in color:
        samples, bits, name = np.asarray(image), 8, color[image.mode]
    else:
        return None
    alpha = "straight" if image.mode in ("LA", "RGBA") else "none"
    if tiff and mode in ("P", "I;16"):
        return None
    return Picture(
        "Pillow", samples, bits, name, alpha, None, largest, mean, orientation, icc=icc
    )


def _libjpeg(path: Path) -> Picture | None:
    """libjpeg-turbo without the smoothing of upsampled colours."""
    samples = imagecodecs.jpeg8_decode(path.read_bytes())
    largest, mean, orientation = _tolerance(path)
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    if channels not in (1, 3):
        return None
    color = "gray" if channels == 1 else "rgb"
    return Picture("libjpeg", samples, 8, color, "none", None, largest, mean, orientation)


# --- JPEG 2000 -----------------------------------------------------------------------------------


def _codestream(data: bytes) -> dict:
    """The SIZ and COD segments and the boxes that say what the components are."""
    at = 0 if data[:4] == b"\xff\x4f\xff\x51" else data.find(b"\xff\x4f\xff\x51")
    xsiz, ysiz, xo, yo = struct.unpack(">4I", data[at + 8 : at + 24])
    count = int.from_bytes(data[at + 40 : at + 42], "big")
    parts = [data[at + 42 + 3 * i : at + 45 + 3 * i] for i in range(count)]
    cod = data.find(b"\xff\x52", at)
    facts = {
        "size": (xsiz - xo, ysiz - yo),
        "bits": [(part[0] & 0x7F) + 1 for part in parts],
        "signed": any(part[0] & 0x80 for part in parts),
        "steps": [(part[1], part[2]) for part in parts],
        "lossy": cod > 0 and data[cod + 13] == 0,
        "ht": b"\xff\x50" in data[at : at + 200],
        "color": None,
        "alpha": "none",
        "palette": False,
        "orientation": 1,
    }
    header = data[:at]
    place = header.find(b"colr")
    if place > 0:
        facts["color"] = (
            int.from_bytes(header[place + 7 : place + 11], "big") if header[place + 4] == 1 else -1
        )
    facts["palette"] = b"pclr" in header
    exif = header.find(b"JpgTiffExif->JP2")
    if exif > 0:
        tags = Image.Exif()
        tags.load(b"Exif\0\0" + data[exif + 16 :])
        facts["orientation"] = tags.get(274, 1)
    place = header.find(b"cdef")
    if place > 0:
        entries = int.from_bytes(header[place + 4 : place + 6], "big")
        for i in range(entries):
            kind = int.from_bytes(header[place + 8 + 6 * i : place + 10 + 6 * i], "big")
            if kind in (1, 2):
                facts["alpha"] = "straight" if kind == 1 else "premultiplied"
    return facts


def _jp2_picture(source: str, samples: np.ndarray, facts: dict, subsampled: bool) -> Picture:
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bits = max(facts["bits"])
    if facts["palette"]:
        bits = 8 if samples.dtype.itemsize == 1 else 16
    color = "gray" if channels <= 2 else "rgb"
    alpha = facts["alpha"]
    if facts["color"] == 12:
        color = "cmyk"
    if channels > 4 or (channels in (2, 4) and alpha == "none" and color != "cmyk"):
        color = "bands"
    largest, mean = LOSSY if facts["lossy"] else (0, 0)
    if facts["color"] == 18:
        # Colours of luma: rounded or cut off.
        largest, mean = max(largest, 1), 1
    if subsampled:
        largest, mean = 255, 3
    if facts["signed"]:
        samples = samples.astype(np.int32)
    orientation = facts["orientation"]
    return Picture(source, samples, bits, color, alpha, None, largest, mean, orientation)


def _openjpeg(path: Path) -> Picture | None:
    data = path.read_bytes()
    facts = _codestream(data)
    if facts["color"] == -1 and not facts["palette"]:
        # Of the file it would apply the profile.
        data = data[data.find(b"\xff\x4f\xff\x51") :]
    samples = imagecodecs.jpeg2k_decode(data)
    return _jp2_picture("OpenJPEG", samples, facts, False)


def _openjph(path: Path) -> Picture | None:
    data = path.read_bytes()
    facts = _codestream(data)
    if not facts["ht"]:
        return None
    samples = imagecodecs.htj2k_decode(data)
    return _jp2_picture("OpenJPH", samples, facts, False)


def _opj_grid(path: Path) -> Picture | None:
    """The components at the size of the reference grid, when all of them are smaller."""
    return _opj_components(path, grid=True)


def _opj_components(path: Path, grid: bool = False) -> Picture | None:
    """Each component by itself, its samples repeated up to the size of the largest one."""
    data = path.read_bytes()
    facts = _codestream(data)
    if facts["palette"] or facts["color"] not in (None, 16, 17):
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "x.pgx"
        subprocess.run(
            ["opj_decompress", "-i", str(path), "-o", str(out)],
            check=True,
            capture_output=True,
            timeout=120,
        )
        parts = sorted(Path(folder).glob("*.pgx"), key=lambda p: int(p.stem.split("_")[-1]))
        planes = [_pgx(part.read_bytes()) for part in parts]
    smallest = tuple(1 if grid else min(step[i] for step in facts["steps"]) for i in (0, 1))
    width, height = max(plane.shape[1] for plane in planes), max(plane.shape[0] for plane in planes)
    if grid:
        if (width, height) == facts["size"]:
            return None
        width, height = facts["size"]
    grown = []
    for plane, (dx, dy) in zip(planes, facts["steps"], strict=False):
        if plane.shape != (height, width):
            rows = np.minimum(np.arange(height) * smallest[1] // dy, plane.shape[0] - 1)
            columns = np.minimum(np.arange(width) * smallest[0] // dx, plane.shape[1] - 1)
            plane = plane[rows][:, columns]
        grown.append(plane)
    samples = np.dstack(grown)
    subsampled = grid or len(set(facts["steps"])) > 1
    return _jp2_picture("opj_decompress", samples, facts, subsampled)


def _twin(path: Path) -> Picture | None:
    """High-throughput conformance streams hold the pictures of the older ones of the same number."""
    kind, _, number, *_ = path.stem.split("_") + ["", ""]
    twin = path.parent.parent / f"openjpeg-data/p{kind[-1:]}_{number}.j2k"
    if not kind.startswith("ds") or not twin.exists():
        return None
    for maker in (_openjpeg, _opj_components):
        with contextlib.suppress(Exception):
            return replace(maker(twin), source="its twin by OpenJPEG")
    return None


def _pgx(data: bytes) -> np.ndarray:
    line, _, body = data.partition(b"\n")
    _, order, *rest = line.split()
    sign = "+"
    if rest[0] in (b"+", b"-"):
        sign = rest.pop(0).decode()
    elif rest[0][:1] in b"+-":
        sign, rest[0] = rest[0][:1].decode(), rest[0][1:]
    bits, width, height = (int(word) for word in rest)
    size = 1 if bits <= 8 else 2 if bits <= 16 else 4
    kind = ("i" if sign == "-" else "u") + str(size)
    array = np.frombuffer(body, (">" if order == b"ML" else "<") + kind)
    return array[: width * height].reshape(height, width).astype("=" + kind)
