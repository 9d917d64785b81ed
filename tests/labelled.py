"""The labelled failures of tests/data: runs of a real n8n in several shapes, and texts as people paste them."""

import csv
import datetime as dt
import json
from dataclasses import dataclass

from tests.paths import DATA

RUNS = DATA / "n8n_runs"
AS_OF = dt.date(2026, 11, 23)
"""The day on which the labels were true; later, models that the runs name are retired."""

CAUSES = {row["cause"]: row for row in csv.DictReader((DATA / "causes.csv").open(encoding="utf-8"))}
BAD_KEY = ("rejected", "unusable")


@dataclass(frozen=True)
class Labelled:
    """One paste, and the causes that count as right, best first."""

    name: str
    data: bytes
    accept: tuple[str, ...]

    @property
    def may_blame_key(self) -> bool:
        """Whether a verdict against the key can be right."""
        return any(CAUSES[cause]["key_verdict"] in BAD_KEY for cause in self.accept)


def runs() -> list[Labelled]:
    """Every shape of every labelled run; where a shape cannot tell, an honest "cannot tell" is right too."""
    found = []
    for line in (RUNS / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for file in row["files"]:
            vague = ("detail_lost", "unknown") if file in row["cannot_tell"] else ()
            data = (RUNS / row["case"] / file).read_bytes()
            found.append(Labelled(f"{row['case']}/{file}", data, (*row["accept"], *vague)))
    return found


def texts() -> list[Labelled]:
    """Every labelled text."""
    rows = map(json.loads, (DATA / "failure_texts.jsonl").read_text(encoding="utf-8").splitlines())
    return [Labelled(row["id"], row["text"].encode(), tuple(row["accept"])) for row in rows]


def run(name: str) -> bytes:
    """The bytes of one labelled run, such as ``vendor_invalid/public_api.json``."""
    return (RUNS / name).read_bytes()
