"""The table of the corpus: which files are shown right, which are refused, which are wrong.

    python tests/corpus_table --program target/release/pyramis
    python tests/corpus_table --url http://127.0.0.1:8080 --only tiff/pillow

Every valid file of `../shared/corpus` is asked for: info.json, the whole picture as PNG and a tile
of each level. The pixels are compared with what other decoders make of the file (`oracle.py`) and
what the documented rules of display make of that (`display.py`). Malformed files must end in a
picture or a status within two seconds. `--mutate` does the same with damaged copies of valid files.

Prints a Markdown table and writes a line for each file to `target/corpus_table.tsv`. The exit code
is 1 when a picture is wrong, a malformed file took too long or the server died.

Needs Python packages (requirements.txt), and libvips42, python3-gdal and libopenjp2-tools of Debian.
"""

import argparse
import csv
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from malformed import examine_malformed
from mutate import mutate
from report import Outcome, write
from server import Server, running
from valid import examine_valid

ROOT = Path(__file__).resolve().parents[2]
# Nothing is refused for its size alone, so that all of a picture can be compared.
LIFTED = {
    "MAX_CVT": "-1",
    "MAX_REGION_MEMORY": "6G",
    "MAX_IMAGE_CACHE_SIZE": "50",
    "MAX_ICC": "0",
    "MAX_LAYERS": "-1",
    "REQUEST_TIMEOUT": "110",
    "VERBOSITY": "0",
}
STRICT = {"VERBOSITY": "1", "MAX_METADATA_CACHE_SIZE": "50"}


def main() -> int:
    arguments = parse()
    rows = list(csv.DictReader((arguments.corpus / "index.tsv").open(), delimiter="\t"))
    rows = [row for row in rows if arguments.only in row["path"]]
    valid = [row for row in rows if row["expect"] != "malformed-or-suspect"]
    malformed = [row for row in rows if row["expect"] == "malformed-or-suspect"]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"

        def on(images: Path, settings: dict[str, str], work) -> None:
            """Does some work with the server given, or one of our own."""
            if arguments.url:
                work(Server(arguments.url))
            else:
                with running(arguments.program, images, log, **settings) as server:
                    work(server)

        if not arguments.mutate:
            on(arguments.corpus, LIFTED, lambda server: outcomes.extend(
                examine_valid(server, arguments.corpus, row) for row in valid
            ))
            on(arguments.corpus, STRICT, lambda server: outcomes.extend(
                examine_malformed(server, row["path"]) for row in malformed
            ))
        else:
            images = Path(folder) / "images"
            images.mkdir()
            on(images, STRICT, lambda server: outcomes.extend(
                mutate(server, arguments.corpus, valid, images, arguments.seed, arguments.each)
            ))
        tell_log(log)
    write(outcomes, arguments.out)
    print_table(outcomes)
    return 1 if any(outcome.bad for outcome in outcomes) else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared/corpus")
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/pyramis")
    parser.add_argument("--url", help="a running server whose image root is the corpus")
    parser.add_argument("--only", default="", help="part of the path of the files to look at")
    parser.add_argument("--out", type=Path, default=ROOT / "target/corpus_table.tsv")
    parser.add_argument("--mutate", action="store_true", help="damaged copies instead")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--each", type=int, default=70, help="most damaged copies of a file")
    arguments = parser.parse_args()
    if arguments.url and arguments.mutate:
        parser.error("--mutate starts a server of its own")
    return arguments


def tell_log(log: Path) -> None:
    """Panics that the server survived are found in its log alone."""
    text = log.read_text(errors="replace") if log.exists() else ""
    for line in text.splitlines():
        if "panicked" in line:
            print("log:", line, file=sys.stderr)


def print_table(outcomes: list[Outcome]) -> None:
    folders: dict[str, Counter] = defaultdict(Counter)
    for outcome in outcomes:
        folders[outcome.folder][outcome.verdict] += 1
    names = sorted({name for counts in folders.values() for name in counts}, key=verdict_order)
    print("| folder | files | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 2) + "|")
    for folder, counts in sorted(folders.items()):
        cells = [str(counts[name] or "") for name in names]
        print(f"| {folder} | {counts.total()} | " + " | ".join(cells) + " |")
    total = Counter(outcome.verdict for outcome in outcomes)
    print(f"| all | {total.total()} | " + " | ".join(str(total[name]) for name in names) + " |")
    refused = Counter(o.note for o in outcomes if o.verdict == "refused")
    if refused:
        print("\n| refused with | files |\n|---|---|")
        for note, count in refused.most_common():
            print(f"| {note} | {count} |")
    for outcome in outcomes:
        if outcome.bad:
            print(f"\nWRONG {outcome.path}: {outcome.verdict}, {outcome.note}"
                  f" (oracle {outcome.oracle}, largest {outcome.largest}, mean {outcome.mean})")


def verdict_order(name: str) -> tuple[int, str]:
    first = ("right", "refused", "wrong")
    return (first.index(name) if name in first else len(first), name)


if __name__ == "__main__":
    sys.exit(main())
