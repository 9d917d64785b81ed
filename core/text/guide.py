"""The guide: how to get Claude working again in n8n, as data with a source for every statement.

``guide.toml`` beside this module holds the sections in the order in which a person needs them. Texts may name places
(``{n8n.credentials}``), which are filled in for n8n 2.x or 1.x. Unknown fields, places, sources and causes are refused
when the guide loads.

>>> section = guide().find("test-the-credential")
>>> section.statements(n8n_major=1)[0].said(n8n_major=1)
'Click Save. There is no button for the test: saving starts it.'
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from core.causes import similar, templates
from core.causes.loader import load

_MOST_ANSWERS: Final = 2
_ANSWERS: Final = 0.5  # of what the known words of a question tell


class SectionForm(StrEnum):
    """How a section's statements are meant."""

    STEPS = "steps"  # one action each, in this order
    MYTHS = "myths"  # what is often said, and what is true
    HABITS = "habits"  # things to do in good times
    QUESTIONS = "questions"  # questions and answers


class LinkedPage(StrEnum):
    """A page of the portal that a statement sends people to."""

    DIAGNOSE = "diagnose"
    MODELS = "models"
    TEST_KEY = "test_key"
    NODE = "node"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that the guide says.

    `head` is the myth, the habit's name or the question; `code` a text to copy; `cause` an error that explains more;
    `page` a page that does it; `n8n` the only major version for which it holds, None for both; `sources` are keys of
    the guide's sources.
    """

    text: str
    sources: list[str]
    head: str | None = None
    code: str | None = None
    cause: str | None = None
    page: LinkedPage | None = None
    n8n: int | None = None

    def said(self, n8n_major: int) -> str:
        """Return the text with the labels of this major version of n8n."""
        return templates.fill(self.text, None, n8n_major)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the guide; `id` is in its address, and `facts` names a table to draw below."""

    id: str
    title: str
    form: SectionForm
    lead: str
    statement: list[Statement]
    after: list[Statement] = []  # good to know, behind the steps
    facts: str | None = None

    def statements(self, n8n_major: int) -> tuple[Statement, ...]:
        """Return the statements that hold for this major version."""
        return _holding(self.statement, n8n_major)

    def notes(self, n8n_major: int) -> tuple[Statement, ...]:
        """Return what is good to know behind the steps, for this major version."""
        return _holding(self.after, n8n_major)


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole guide; `sources` gives each source in words."""

    verified: dt.date
    sources: dict[str, str]
    section: list[Section]

    def find(self, section_id: str) -> Section | None:
        """Return the section with this id, or None."""
        return next((each for each in self.section if each.id == section_id), None)

    def beside(self, section: Section) -> tuple[Section | None, Section | None]:
        """Return the sections before and after this one."""
        place = self.section.index(section)
        before = self.section[place - 1] if place else None
        return before, self.section[place + 1] if place + 1 < len(self.section) else None

    def sources_of(self, section: Section) -> tuple[str, ...]:
        """Return the sources of a section in words, each once."""
        keys = dict.fromkeys(key for each in (*section.statement, *section.after) for key in each.sources)
        return tuple(self.sources[key] for key in keys)


def answering(question: str) -> tuple[Section, ...]:
    """Return the sections that answer a question best, at most two; none for what is no question."""
    if not similar.is_question(question):
        return ()
    hits = [hit for hit in _index().hits(question) if hit.share >= _ANSWERS]
    sections = {section.id: section for section in guide().section}
    return tuple(sections[hit.id] for hit in hits[:_MOST_ANSWERS])


@cache
def _index() -> similar.Index:
    """Return the index of the bundled guide, a row for a section and one for each thing that it says."""
    rows = []
    for section in guide().section:
        rows.append(similar.Document(id=section.id, name=section.title, words=section.lead))
        rows += [
            similar.Document(id=section.id, name=each.head or "", words=each.said(n8n_major=2))
            for each in (*section.statement, *section.after)
        ]
    return similar.Index(rows)


@cache
def guide() -> Guide:
    """Return the bundled guide; raises `ValueError` if its data is wrong."""
    return parse(Path(__file__).with_name("guide.toml").read_bytes())


def parse(data: bytes) -> Guide:
    """Read a guide from TOML; raises `ValueError` for an unknown field, place, source or cause, or a double id."""
    raw: Mapping[str, Any] = msgspec.toml.decode(data)
    read = msgspec.convert(raw, Guide)
    if len({section.id for section in read.section}) != len(read.section):
        raise ValueError("guide.toml: two sections have the same id.")
    for section in read.section:
        templates.check(section.lead)
        for statement in (*section.statement, *section.after):
            _check(statement, section, read)
    return read


def _check(statement: Statement, section: Section, read: Guide) -> None:
    place = f"guide.toml: {section.id}: {statement.text[:40]!r}"
    unknown = [source for source in statement.sources if source not in read.sources]
    if unknown or not statement.sources:
        raise ValueError(f"{place} needs known sources, not {unknown}.")
    if statement.cause is not None and statement.cause not in load():
        raise ValueError(f"{place} names {statement.cause}, which is no cause.")
    if section.form is not SectionForm.STEPS and statement in section.statement and not statement.head:
        raise ValueError(f"{place} needs a head.")
    templates.check(statement.text)


def _holding(statements: list[Statement], n8n_major: int) -> tuple[Statement, ...]:
    return tuple(each for each in statements if each.n8n in (None, n8n_major))
