"""n8n's version numbers, and what n8n does to a call to Claude in each version.

>>> version = parse("n8n version 2.15.1 (Self Hosted)")
>>> str(version), Range.parse(">=2.10.0,<=2.11.4").holds(version)
('2.15.1', False)
>>> credential_test(version).model
'claude-haiku-4-5-20251001'
>>> "chat_model_five_minutes" in {fact.id for fact in limits(version)}
True

The facts are in ``facts.toml`` beside this module; each says where it was read or run.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import re2

_VERSION: Final = re2.compile(r"\d+(?:\.\d+)+(?:-(?:rc|beta|alpha|exp|nightly)[\w.]*)?")
_IP_ADDRESS_PARTS: Final = 4
_YEAR_DIGITS: Final = 4
_LONGEST: Final = 500


class Version(msgspec.Struct, frozen=True, order=True):
    """One version of n8n; `final` is False for a pre-release, which comes before its release."""

    major: int
    minor: int
    patch: int = 0
    final: bool = True

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{'' if self.final else '-rc'}"


@lru_cache(maxsize=256)
def parse(text: str) -> Version | None:
    """Return the first n8n version named in a text, or None.

    Reads "2.41.1 (Self Hosted)", "n8n@1.123.66", "v2.16" and takes the older end of "2.14.0-2.15.1". IP addresses,
    years and single numbers are no versions.
    """
    for candidate in _VERSION.findall(text[:_LONGEST]):
        number, _, pre = candidate.partition("-")
        parts = number.split(".")
        if len(parts) < _IP_ADDRESS_PARTS and len(max(parts, key=len)) < _YEAR_DIGITS:
            major, minor, patch = (*map(int, parts), 0)[:3]
            return Version(major, minor, patch, final=not pre)
    return None


NEWEST_CHECKED: Final = Version(2, 41, 3)
"""The newest n8n that was run or whose code was read (npm, 26 September 2026).

Of n8n 3 only its list of changes was read.
"""


class _Bound(msgspec.Struct, frozen=True):
    """A test on a version's numbers: the first `len(numbers)` of them are compared."""

    operator: str
    numbers: tuple[int, ...]

    def holds(self, version: Version) -> bool:
        numbers = (version.major, version.minor, version.patch)
        if not version.final and numbers == (*self.numbers, 0, 0)[:3]:
            # 2.16.0-rc is not yet 2.16
            return self.operator in ("<", "<=")
        return _OPERATORS[self.operator](numbers[: len(self.numbers)], self.numbers)


_OPERATORS: Final[dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]]] = {
    ">=": lambda own, bound: own >= bound,
    "<=": lambda own, bound: own <= bound,
    ">": lambda own, bound: own > bound,
    "<": lambda own, bound: own < bound,
    "==": lambda own, bound: own == bound,
}
_BOUND: Final = re2.compile(r"^(>=|<=|==|>|<)?\s*(\d{1,4}(?:\.\d{1,4}){0,2})$")
_SPAN: Final = re2.compile(r"^(\d[\d.]*)\s*-\s*(\d[\d.]*)$")


class Range(msgspec.Struct, frozen=True):
    """A range of versions that meet all its bounds; without bounds it has every version."""

    bounds: tuple[_Bound, ...] = ()

    @staticmethod
    @cache
    def parse(text: str) -> "Range":
        """Read ">=2.10.0,<=2.11.4", "2.14.0-2.15.1" (both ends belong to it), "2.41.1" or "*"; else `ValueError`.

        Only the numbers that are written are compared: "<=2.11" and "2.11" include 2.11.4.
        """
        if text.strip() == "*":
            return Range()
        span = _SPAN.search(text.strip())
        pieces = [f">={span.group(1)}", f"<={span.group(2)}"] if span else text.split(",")
        return Range(tuple(_bound(piece.strip(), text) for piece in pieces))

    def holds(self, version: Version) -> bool:
        """Return whether a version lies in the range; a pre-release comes before the release it leads to."""
        return all(bound.holds(version) for bound in self.bounds)


def _bound(condition: str, text: str) -> _Bound:
    match = _BOUND.search(condition)
    if match is None:
        raise ValueError(f"{text!r} is no range of n8n versions; write it like >=2.10.0,<2.14 or 2.14.0-2.15.1 or *.")
    return _Bound(match.group(1) or "==", tuple(int(part) for part in match.group(2).split(".")))


class CredentialTestFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What n8n does when an Anthropic credential is saved or tested; `model` is None where no single model is sent."""

    n8n: str
    method: str
    path: str
    what: str
    green_proves: str
    red_proves: str
    green_leaves_open: tuple[str, ...]
    checked: tuple[str, ...]
    model: str | None = None


class LimitFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that n8n cannot do or does differently, as one plain sentence."""

    id: str
    n8n: str
    what: str
    checked: tuple[str, ...]


class _FactsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    verified: dt.date
    credential_test: tuple[CredentialTestFact, ...]
    limit: tuple[LimitFact, ...]


def credential_test(version: Version) -> CredentialTestFact:
    """Return what the credential test of this version does; there is exactly one fact for every version."""
    return next(fact for fact in _facts().credential_test if Range.parse(fact.n8n).holds(version))


def credential_tests() -> tuple[CredentialTestFact, ...]:
    """Return what the credential test does in every range of versions, the oldest first."""
    return _facts().credential_test


def limits(version: Version) -> tuple[LimitFact, ...]:
    """Return what this version cannot do, in the order of the file."""
    return tuple(fact for fact in _facts().limit if Range.parse(fact.n8n).holds(version))


@cache
def _facts() -> _FactsFile:
    return load(Path(__file__).with_name("facts.toml").read_bytes())


def load(data: bytes) -> _FactsFile:
    """Read facts from TOML; raises `ValueError` for an unknown field, a bad range or a fact without a check."""
    file: _FactsFile = msgspec.toml.decode(data, type=_FactsFile)
    facts: list[Any] = [*file.credential_test, *file.limit]
    for fact in facts:
        Range.parse(fact.n8n)
        if not fact.checked:
            raise ValueError(f"facts.toml: the fact for {fact.n8n} does not say where it was checked.")
    return file
