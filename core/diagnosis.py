"""From a paste to ranked findings.

``diagnose(data)`` redacts, reads, matches and ranks; it needs no network, no database and no model. Everything that
a page, the terminal or the API shows comes from the `Diagnosis` it returns.
"""

import datetime as dt

import msgspec

from core.causes.card import Card, Certainty, KeyVerdict
from core.paste.failure import Failure, Reading
from core.redaction import Hidden


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One fact a finding rests on; `start` and `end` are offsets in the finding's excerpt, or None."""

    fact: str
    value: str
    start: int | None = None
    end: int | None = None


class RunnerUp(msgspec.Struct, frozen=True, kw_only=True):
    """Another cause that fits, and the check that tells them apart."""

    cause: str
    title: str
    check: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A cause with its certainty and evidence, and the words filled in for this failure."""

    cause: str
    card: Card
    certainty: Certainty
    key_verdict: KeyVerdict
    failure: Failure | None
    title: str
    what_happened: str
    why: str
    steps: tuple[str, ...]
    how_to_check: str
    not_tested: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    alternatives: tuple[RunnerUp, ...]
    still_unknown: str | None = None
    copy_next: str | None = None
    excerpt: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The ranked findings for one paste, best first; never empty."""

    findings: tuple[Finding, ...]
    reading: Reading
    hidden: tuple[Hidden, ...]
    text: str  # the redacted paste (an excerpt for big files)
    as_of: dt.date
