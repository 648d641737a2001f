"""Damaged copies of valid files: cut off, with flipped bytes, with forged numbers."""

import random
import struct
from collections.abc import Iterator
from pathlib import Path

from malformed import examine_malformed
from report import Outcome
from server import Server

LARGEST = 200_000
# Files that differ in none of these are of one kind; one of each is enough.
KIND = (
    "kind", "bits", "sample_format", "compression", "photometric", "planar", "predictor",
    "bigtiff", "jpeg_process", "ht",
)
VALUES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutate(
    server: Server, corpus: Path, rows: list[dict], images: Path, seed: int, each: int
) -> Iterator[Outcome]:
    """One outcome for each damaged copy."""
    seen = set()
    for row in sorted(rows, key=lambda row: int(row["bytes"])):
        kind = tuple(row[name] for name in KIND)
        if kind in seen or int(row["bytes"]) > LARGEST:
            continue
        seen.add(kind)
        data = (corpus / row["path"]).read_bytes()
        chance = random.Random(f"{seed} {row['sha256']}")
        copies = list(dict(damaged(data, chance)).items())
        if len(copies) > each:
            copies = chance.sample(copies, each)
        for number, (what, copy) in enumerate(copies):
            # A name of its own: nothing of another copy may be remembered.
            name = f"{len(seen)}-{number}"
            (images / name).write_bytes(copy)
            outcome = examine_malformed(server, name)
            outcome.path = f"mutants/{row['kind']}/{row['path'].split('/')[-1]} {what}"
            if outcome.bad:
                kept = images.parent.parent / "pyramis-mutants"
                kept.mkdir(exist_ok=True)
                (kept / f"{outcome.path.split('/')[-1]}".replace(" ", "_")).write_bytes(copy)
            (images / name).unlink()
            yield outcome
            if not server.alive():
                return


def damaged(data: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Copies and what was done to them."""
    places = list(boundaries(data))
    for place in places:
        for cut in (place - 1, place, place + 1):
            if 0 < cut < len(data):
                yield f"cut at {cut}", data[:cut]
    for part in range(20):
        cut = len(data) * part // 20
        yield f"cut at {cut}", data[:cut]
    for number in range(16):
        copy = bytearray(data)
        for _ in range(1 + number % 4):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
        yield f"flipped {number}", bytes(copy)
    for number in range(8):
        # The first bytes steer more than the rest.
        copy = bytearray(data)
        copy[chance.randrange(min(len(copy), 300))] ^= 1 << chance.randrange(8)
        yield f"flipped head {number}", bytes(copy)
    for what, place, size, order in numbers(data):
        value = chance.choice(VALUES) & ((1 << 8 * size) - 1)
        copy = bytearray(data)
        copy[place : place + size] = value.to_bytes(size, order)
        yield f"{what} = {value}", bytes(copy)


def boundaries(data: bytes) -> list[int]:
    """Where directories, boxes and segments begin and end."""
    return sorted({place for _, place, _, _ in numbers(data)})


def numbers(data: bytes) -> Iterator[tuple[str, int, int, str]]:
    """Counts, sizes and offsets: name, place, bytes and byte order."""
    try:
        if data[:2] in (b"II", b"MM"):
            yield from _tiff(data)
        elif data[:2] == b"\xff\xd8":
            yield from _jpeg(data)
        elif data[:4] == b"\xff\x4f\xff\x51":
            yield from _codestream(data, 0)
        elif data[4:8] == b"jP  ":
            yield from _boxes(data, 0, len(data))
        elif data[:4] == b"\x89PNG":
            yield from _png(data)
    except (struct.error, IndexError):
        return


def _tiff(data: bytes):
    order = "little" if data[:2] == b"II" else "big"

    def number(place: int, size: int) -> int:
        if place + size > len(data):
            raise IndexError
        return int.from_bytes(data[place : place + size], order)

    big = number(2, 2) == 43
    wide, head, entry = (8, 8, 20) if big else (4, 2, 12)
    link = 8 if big else 4
    for _ in range(8):
        yield "directory", link, wide, order
        place = number(link, wide)
        if place == 0:
            return
        count = number(place, head)
        yield "entries", place, head, order
        for i in range(count):
            at = place + head + i * entry
            tag = number(at, 2)
            yield f"type of {tag}", at + 2, 2, order
            yield f"count of {tag}", at + 4, wide, order
            yield f"value of {tag}", at + 4 + wide, wide, order
        link = place + head + count * entry


def _jpeg(data: bytes):
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        yield f"marker {marker:x}", at + 1, 1, "big"
        yield f"length of {marker:x}", at + 2, 2, "big"
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            yield "precision", at + 4, 1, "big"
            yield "height", at + 5, 2, "big"
            yield "width", at + 7, 2, "big"
            yield "components", at + 9, 1, "big"
            for i in range(data[at + 9]):
                yield f"sampling {i}", at + 11 + 3 * i, 1, "big"
                yield f"table {i}", at + 12 + 3 * i, 1, "big"
        if marker == 0xDA:
            return
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _codestream(data: bytes, at: int):
    at += 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        yield f"length of {marker:x}", at + 2, 2, "big"
        if marker == 0x51:
            for i in range(8):
                yield f"SIZ {i}", at + 6 + 4 * i, 4, "big"
            yield "components", at + 38, 2, "big"
            for i in range(min(3 * int.from_bytes(data[at + 38 : at + 40], "big"), 12)):
                yield f"component byte {i}", at + 40 + i, 1, "big"
        elif marker == 0x90:
            yield "tile", at + 4, 2, "big"
            yield "tile-part length", at + 6, 4, "big"
            return
        else:
            for i in range(min(size - 2, 14)):
                yield f"byte {i} of {marker:x}", at + 4 + i, 1, "big"
        at += 2 + size


def _boxes(data: bytes, at: int, end: int):
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        name = kind.decode("latin-1")
        yield f"box {name}", at, 4, "big"
        if kind == b"jp2h":
            yield from _boxes(data, at + 8, at + size)
        elif kind == b"jp2c":
            yield from _codestream(data, at + 8)
        elif size < 200:
            for i in range(min(size - 8, 14)):
                yield f"byte {i} of {name}", at + 8 + i, 1, "big"
        if size < 8:
            return
        at += size


def _png(data: bytes):
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8].decode("latin-1")
        yield f"length of {name}", at, 4, "big"
        for i in range(min(size, 13)):
            yield f"byte {i} of {name}", at + 8 + i, 1, "big"
        at += 12 + size
