"""Model names as people and other platforms write them, and the id that was intended.

Two steps, both without a list of known mistakes: `canonical` removes what a platform puts around an id, and
`Spellings.nearest` reads the rest as parts (family, version, date) and finds the id that has them. Only words are
matched by similarity (sonet → sonnet); numbers are not, since 3.5 is not a typo of 4.5.
"""

import difflib
from collections.abc import Iterable
from typing import Final

import msgspec
import re2

LONGEST: Final = 200
"""Characters; a longer text is not a model name."""

_PLATFORM_PREFIX: Final = re2.compile(
    r"^(?:arn:aws[\w-]*:bedrock:\S*?(?:foundation-model|inference-profile)/)?"
    r"(?:[\w.-]+/)*"  # openrouter/anthropic/, bedrock/, vertex_ai/, models/
    r"(?:(?:[a-z]{2,6}(?:-[a-z]+)?\.)?anthropic[.:])?"  # us.anthropic. eu. apac. global. us-gov. and anthropic:
)
_PLATFORM_SUFFIX: Final = re2.compile(
    r"(?:-v\d+)?(?::(?:\d+k?|beta|free|thinking|nitro|online|extended|floor))+$"  # -v1:0:200k, :thinking
    r"|-v\d+$|@(?:latest|default)$"
)
_PARTS: Final = re2.compile(r"[a-z]+|\d+")
_WORD_CUTOFF: Final = 0.75
_NO_FAMILY: Final = ("claude", "latest", "preview", "v", "model", "anthropic", "thinking", "k")


class _Parts(msgspec.Struct, frozen=True):
    """The parts of a name: the family (empty for claude-2.1), its version numbers, and its date."""

    family: str
    version: tuple[int, ...]
    date: str | None


def canonical(name: str) -> str:
    """Return an id as Anthropic's API would write it, without another platform's prefix and suffix.

    Trims white space and quotes, lowers case, turns `@20250929` into `-20250929`. Dots stay: `nearest` reads them.
    """
    if len(name) > LONGEST:
        return name
    text = name.strip().strip("\"'`").strip().lower()
    text = str(_PLATFORM_SUFFIX.sub("", _PLATFORM_PREFIX.sub("", text)))
    return text.replace("@", "-")


class Spellings:
    """Finds the intended id of a misspelled name, among (id, family) pairs, newest first."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._folded: dict[str, str] = {}
        self._read: dict[_Parts, str] = {}
        for name, family in names:
            self._folded.setdefault(_fold(name), name)
            self._read.setdefault(_read(name, _own_family(family)), name)
        self._families = tuple({parts.family: None for parts in self._read if parts.family})

    def nearest(self, name: str) -> str | None:
        """Return the intended id, or None for a name that is not like Claude's."""
        text = canonical(name)
        if not text or len(text) > LONGEST:
            return None
        same = self._folded.get(_fold(text)) or self._folded.get(_fold(text.removesuffix("latest")))
        if same is not None:
            return same
        family = self._family_in(text)
        return None if family is None else self._by_parts(_read(text, family))

    def _family_in(self, text: str) -> str | None:
        """Return the family named in a text, "" for Claude without one, None for something foreign."""
        words = [word for word in _PARTS.findall(text) if word.isalpha()]
        known = (*self._families, *_NO_FAMILY)
        likely = [_likely(word, known) for word in words]
        if None in likely:
            return None
        families = [word for word in likely if word in self._families]
        if families:
            return families[0]
        return "" if "claude" in likely else None

    def _by_parts(self, name_parts: _Parts) -> str | None:
        of_family = [(parts, name) for parts, name in self._read.items() if parts.family == name_parts.family]
        if not name_parts.version:
            return of_family[0][1] if name_parts.family and of_family else None
        same = [(parts, name) for parts, name in of_family if _trim(parts.version) == _trim(name_parts.version)]
        if same:
            return next((name for parts, name in same if (parts.date is None) == (name_parts.date is None)), same[0][1])
        major = [name for parts, name in of_family if parts.version[:1] == name_parts.version[:1]]
        if major:
            return major[0]
        return of_family[0][1] if name_parts.family and of_family else None


def _fold(name: str) -> str:
    return "-".join(_PARTS.findall(name))


def _own_family(family: str) -> str:
    """Return the family's word in ids, which Claude 1 and 2 do not have."""
    return family.removeprefix("claude-") if not family[-1].isdigit() else ""


def _read(name: str, family: str) -> _Parts:
    numbers = [part for part in _PARTS.findall(name) if part.isdigit()]
    date = next((number for number in numbers if len(number) >= 6), None)
    if date is None and len(numbers) >= 3 and len(numbers[-3]) == 4:  # 2025-09-29
        date = "".join(numbers[-3:])
        numbers = numbers[:-3]
    version = [number for number in numbers if len(number) <= 2]
    if len(version) == 1 and len(version[0]) == 2:  # sonnet-45
        version = list(version[0])
    return _Parts(family, tuple(int(number) for number in version[:2]), date)


def _trim(version: tuple[int, ...]) -> tuple[int, ...]:
    """Return a version without a zero at its end: 4.0 is 4."""
    return version[:1] if version[1:] == (0,) else version


def _likely(word: str, known: tuple[str, ...]) -> str | None:
    if word in known:
        return word
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=_WORD_CUTOFF)), None)
