"""What became of each file."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Outcome:
    """One file. `bad` fails the run."""

    path: str
    # right, refused, wrong, unknown (nobody else can read it), died; a status for bad files.
    verdict: str
    note: str = ""
    status: int = 200
    oracle: str = ""
    largest: float = 0
    mean: float = 0
    tiles: int = 0
    seconds: float = 0
    megabytes: int = 0
    bad: bool = False

    @property
    def folder(self) -> str:
        parts = self.path.split("/")
        return "/".join(parts[:-1][:3])


def write(outcomes: list[Outcome], out: Path) -> None:
    """One line for each file, tab-separated."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="") as file:
        names = list(asdict(Outcome("", "")))
        table = csv.DictWriter(file, names, delimiter="\t")
        table.writeheader()
        for outcome in outcomes:
            line = asdict(outcome)
            line["seconds"] = round(outcome.seconds, 3)
            table.writerow(line)
