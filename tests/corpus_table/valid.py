"""Asks for a valid file in all its levels and compares."""

from dataclasses import replace
from pathlib import Path

import numpy as np

import oracle
from compare import Difference, coarse, compare, decode
from display import Shown, candidates
from report import Outcome
from server import Answer, Server

# Larger pictures are compared in parts.
WHOLE_PIXELS = 80_000_000
PART = 512
# Smaller levels were made with filters nobody knows; they must look alike.
COARSE = 14


class Wrong(Exception):
    """The server's fault, as a sentence, with the status that came."""

    def __init__(self, note: str, status: int = 200):
        super().__init__(note)
        self.status = status


def examine_valid(server: Server, corpus: Path, row: dict[str, str]) -> Outcome:
    """The outcome of one row of the index."""
    name = row["path"]
    outcome = Outcome(name, "right")
    try:
        _examine(server, corpus / name, name, outcome)
    except Wrong as wrong:
        outcome.verdict, outcome.note, outcome.status = "wrong", str(wrong), wrong.status
        if wrong.status == 500 and "damaged" in str(wrong) and not _expected(corpus / name):
            # Nobody else reads it either.
            outcome.verdict = "unknown"
    if not server.alive():
        outcome.verdict = "died"
    outcome.megabytes = server.memory() >> 20
    outcome.bad = outcome.verdict in ("wrong", "died")
    return outcome


def _examine(server: Server, path: Path, name: str, outcome: Outcome) -> None:
    info = server.image(name, "info.json")
    outcome.seconds = info.seconds
    if info.status in (415, 501):
        outcome.verdict, outcome.status, outcome.note = "refused", info.status, info.text
        return
    facts = _expect(info, "info.json").json()
    width, height = facts["width"], facts["height"]
    expected = _expected(path)
    whole = None
    if width * height <= WHOLE_PIXELS:
        answer = server.image(name, "full/max/0/default.png")
        outcome.seconds = max(outcome.seconds, answer.seconds)
        if answer.status in (415, 501):
            outcome.verdict, outcome.status, outcome.note = "refused", answer.status, answer.text
            return
        whole = decode(_expect(answer, "whole picture").body)
        if whole.shape[:2] != (height, width):
            raise Wrong(f"whole picture is {whole.shape[1]}x{whole.shape[0]}, not {width}x{height}")
        best = _best([compare(whole, shown) for shown in expected])
    else:
        best = _parts(server, name, width, height, expected)
    outcome.oracle, outcome.largest, outcome.mean = best.source, best.largest, best.mean
    outcome.note = best.note
    if not expected:
        outcome.verdict, outcome.note = "unknown", "no other decoder reads it"
    elif not best.right:
        channels = "" if whole is None else f"{whole.shape[2]} channels "
        raise Wrong(f"{channels}{width}x{height} differs: {best.note}")
    outcome.tiles = _tiles(server, name, facts, whole)


def _expected(path: Path) -> list[Shown]:
    return [shown for picture in oracle.pictures(path) for shown in candidates(picture)]


def _best(differences: list[Difference]) -> Difference:
    """The first that is right, else the nearest."""
    for difference in differences:
        if difference.right:
            return difference
    return min(differences, key=lambda d: (d.mean, d.largest), default=Difference(False, ""))


def _parts(
    server: Server, name: str, width: int, height: int, expected: list[Shown]
) -> Difference:
    """Squares at the corners, the middle and where most is going on."""
    places = [(0, 0), (width - PART, height - PART), (width // 2 + 77, height // 2 + 33)]
    for shown in expected[:1]:
        coarse_step = 64
        detail = shown.pixels[::coarse_step, ::coarse_step, 0].astype(np.float64)
        row, column = np.unravel_index(np.argmax(np.abs(np.diff(detail, axis=1))),
                                       (detail.shape[0], detail.shape[1] - 1))
        places.append((min(int(column) * coarse_step, width - PART),
                       min(int(row) * coarse_step, height - PART)))
    whole = []
    for shown in expected:
        if shown.pixels.shape[:2] != (height, width):
            continue
        found = []
        for x, y in places:
            answer = server.image(name, f"{x},{y},{PART},{PART}/max/0/default.png")
            ours = decode(_expect(answer, "part").body)
            here = np.s_[y : y + PART, x : x + PART]
            absent = None if shown.absent is None else shown.absent[here]
            part = replace(shown, pixels=shown.pixels[here], absent=absent)
            found.append(compare(ours, part))
        whole.append(max(found, key=lambda d: (not d.right, d.mean)))
    best = _best(whole)
    best.note = (best.note + " compared in parts").strip()
    return best


def _tiles(server: Server, name: str, facts: dict, whole: np.ndarray | None) -> int:
    """A tile of each level, from the middle and the last one; how many were right."""
    width, height = facts["width"], facts["height"]
    count = 0
    for group in facts.get("tiles", []):
        side, tall = group["width"], group.get("height", group["width"])
        for step in group["scaleFactors"]:
            columns, rows = -(-width // (side * step)), -(-height // (tall * step))
            for column, row in {(columns // 2, rows // 2), (columns - 1, rows - 1)}:
                x, y = column * side * step, row * tall * step
                w, h = min(side * step, width - x), min(tall * step, height - y)
                size = (-(-w // step), -(-h // step))
                request = f"{x},{y},{w},{h}/{size[0]},{size[1]}/0/default.png"
                what = f"tile {column},{row} of scale {step}"
                tile = decode(_expect(server.image(name, request), what).body)
                if tile.shape[1::-1] != size:
                    raise Wrong(f"{what} is {tile.shape[1]}x{tile.shape[0]}, not {size}")
                if whole is not None:
                    _same(tile, whole[y : y + h, x : x + w], what, step)
                count += 1
    return count


def _same(tile: np.ndarray, part: np.ndarray, what: str, step: int) -> None:
    if part.shape[2] == tile.shape[2] + 1:
        # Alpha that was added for missing pixels is left out where nothing is missing.
        tile = np.dstack([tile, np.full(tile.shape[:2], 255, np.uint8)])
    if step == 1:
        if not np.array_equal(tile, part):
            raise Wrong(f"{what} differs from the whole picture")
    elif min(tile.shape[:2]) >= 4 and (apart := coarse(tile, part)) > COARSE:
        raise Wrong(f"{what} does not look like the whole picture: {apart:.1f}")


def _expect(answer: Answer, what: str) -> Answer:
    if answer.status != 200:
        raise Wrong(f"{what}: {answer.status} {answer.text}", answer.status)
    return answer
