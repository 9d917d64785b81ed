"""A case as a JSON bundle, to hand over to another ticket system or another portal, and the way back in.

`bundle` writes a case, `parse` reads the file, and `restore` makes a new case from what was read. A bundle is read as a
stranger's file: `parse` checks every field, and what it holds passes redaction like anything else that is stored.
Rights, links and the access log are not in it, and of a key's fingerprint only the six digits.
`BundleError`, a plain sentence, is the only error of `parse`.
"""

import datetime as dt
from typing import Annotated, Final, Literal, TypeVar

import msgspec
import re2
from msgspec import Meta

from core.sizes import MAX_CASE_FILE_MB, MEGABYTE
from core.storage import Stores
from core.storage.access_results import MAX_STATUS, AccessFacts, AccessResult
from core.storage.cases import restore as cases_restore
from core.storage.cases.case import (
    LIFETIME,
    LONGEST_EXCERPT,
    LONGEST_NODE,
    LONGEST_NOTE,
    MOST_OF_A_KIND,
    MOST_RESULTS,
    Case,
    CaseLinks,
    ChecklistItem,
    ChecklistStep,
    KeptDiagnosis,
    KeptNode,
    Note,
    Status,
    Tick,
)
from core.storage.clean_text import LABEL_CHARS
from core.storage.deployment_secret import FINGERPRINT_CHARS, SHOWN_DIGITS
from core.storage.kept_facts import KeptFacts

FORMAT: Final = "reconnect-case"
VERSION: Final = 1
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2200

_PLACE: Final = re2.compile(r"at `\$\.?([A-Za-z0-9_.\[\]]{1,80})`$")

Moment = Annotated[dt.datetime, Meta(tz=True)]
Label = Annotated[str, Meta(max_length=LABEL_CHARS)]
Kind = TypeVar("Kind", bound="_Part")


class BundleError(Exception):
    """The file is no bundle that can be read here; the message is one plain sentence."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a bundle, whose times lie in years that every database can hold."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, dt.datetime) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
                raise ValueError(name)


class BundledDiagnosis(_Part, frozen=True, kw_only=True):
    """A finding's facts, with the excerpt where the person agreed to it."""

    added_at: Moment
    facts: KeptFacts
    excerpt: Annotated[str, Meta(max_length=LONGEST_EXCERPT)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.facts.status is not None and not 0 <= self.facts.status <= MAX_STATUS:
            raise ValueError("status")


class BundledResult(_Part, AccessFacts, frozen=True, kw_only=True, rename={"key_fingerprint": "key_mark"}):
    """An access result; of the key's fingerprint only the six digits that people see."""

    key_fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{6}$", max_length=SHOWN_DIGITS)]


class BundledNode(_Part, frozen=True, kw_only=True):
    """A generated node or workflow."""

    added_at: Moment
    kind: Annotated[str, Meta(max_length=40)]
    content: Annotated[str, Meta(max_length=LONGEST_NODE)]
    model: Annotated[str, Meta(max_length=200)] | None = None


class BundledTick(_Part, frozen=True, kw_only=True):
    """One step that is done."""

    step: ChecklistStep
    done_by: Label
    done_at: Moment


class BundledItem(_Part, frozen=True, kw_only=True):
    """One credential in one environment."""

    environment: Annotated[Label, Meta(min_length=1)]
    credential: Annotated[Label, Meta(min_length=1)]
    ticks: Annotated[tuple[BundledTick, ...], Meta(max_length=len(ChecklistStep))] = ()


class BundledNote(_Part, frozen=True, kw_only=True):
    """What somebody wrote."""

    author: Label
    words: Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]
    written_at: Moment


class Bundle(_Part, frozen=True, kw_only=True):
    """Version 1 of the bundle."""

    format: Literal["reconnect-case"] = FORMAT
    version: Literal[1] = VERSION
    made_at: Moment
    title: Label
    status: Status
    created_at: Moment
    expires_at: Moment
    diagnoses: Annotated[tuple[BundledDiagnosis, ...], Meta(max_length=MOST_OF_A_KIND)] = ()
    results: Annotated[tuple[BundledResult, ...], Meta(max_length=MOST_RESULTS)] = ()
    nodes: Annotated[tuple[BundledNode, ...], Meta(max_length=MOST_OF_A_KIND)] = ()
    checklist: Annotated[tuple[BundledItem, ...], Meta(max_length=MOST_OF_A_KIND)] = ()
    notes: Annotated[tuple[BundledNote, ...], Meta(max_length=MOST_OF_A_KIND)] = ()


class _Format(msgspec.Struct):
    """What tells a bundle from other JSON, and its version."""

    format: str
    version: int


def bundle(case: Case, now: dt.datetime) -> bytes:
    """Return the case as indented UTF-8 JSON."""
    made = Bundle(
        made_at=now,
        title=case.title,
        status=case.status,
        created_at=case.created_at,
        expires_at=case.expires_at,
        diagnoses=tuple(_taken(BundledDiagnosis, each) for each in case.diagnoses),
        results=tuple(_taken(BundledResult, each, key_fingerprint=each.shown_fingerprint) for each in case.results),
        nodes=tuple(_taken(BundledNode, each) for each in case.nodes),
        checklist=tuple(
            BundledItem(
                environment=item.environment,
                credential=item.credential,
                ticks=tuple(_taken(BundledTick, tick) for tick in item.ticks),
            )
            for item in case.checklist
        ),
        notes=tuple(_taken(BundledNote, each) for each in case.notes),
    )
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def parse(data: bytes) -> Bundle:
    """Read a bundle and check every field of it; raises `BundleError`."""
    if len(data) > MAX_CASE_FILE_MB * MEGABYTE:
        raise BundleError(f"This file is larger than {MAX_CASE_FILE_MB} MB, which no case is. Nothing was read.")
    try:
        head = msgspec.json.decode(data, type=_Format)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        head = None
    if head is None or head.format != FORMAT:
        raise BundleError("This file is not a case of Reconnect. Choose the file that “Download the case” gave you.")
    if head.version != VERSION:
        raise BundleError(
            f"This case was saved in version {head.version} of the format, and this portal reads version {VERSION}. "
            "Update the portal, then try again."
        )
    try:
        return msgspec.json.decode(data, type=Bundle)
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        where = f" at {place[1]}" if place else ""
        raise BundleError(f"This case is damaged{where}, so nothing of it was taken. Download it once more.") from None


def restore(bundled: Bundle, kept: Stores, now: dt.datetime, *, lifetime: dt.timedelta = LIFETIME) -> CaseLinks:
    """Make a new case of a bundle, all of it or none; raises `core.storage.StorageError`."""
    return cases_restore.create(kept.storage, _contents(bundled, now), now, lifetime=lifetime)


def _contents(bundled: Bundle, now: dt.datetime) -> cases_restore.Contents:
    return cases_restore.Contents(
        title=bundled.title,
        status=bundled.status,
        diagnoses=[
            KeptDiagnosis(id=0, added_at=now, facts=each.facts, excerpt=each.excerpt) for each in bundled.diagnoses
        ],
        results=[_result(each) for each in bundled.results],
        nodes=[
            KeptNode(id=0, added_at=now, kind=each.kind, content=each.content, model=each.model)
            for each in bundled.nodes
        ],
        checklist=[_item(each, now) for each in bundled.checklist],
        notes=[
            Note(id=0, written_at=now, author=_then(each.author, each.written_at), words=each.words)
            for each in bundled.notes
        ],
    )


def _item(item: BundledItem, now: dt.datetime) -> ChecklistItem:
    ticks = tuple(Tick(step=each.step, done_by=_then(each.done_by, each.done_at), done_at=now) for each in item.ticks)
    return ChecklistItem(id=0, environment=item.environment, credential=item.credential, ticks=ticks)


def _then(who: str, when: dt.datetime) -> str:
    """Return who it was, with the time it was done, since the new case has a time of its own."""
    day = f", {when:%Y-%m-%d}"
    return who[: LABEL_CHARS - len(day)] + day


def _result(result: BundledResult) -> AccessResult:
    """Return a result with its mark filled up with zeros: no real fingerprint looks like that, so none matches."""
    facts = msgspec.structs.asdict(result)
    facts["key_fingerprint"] += "0" * (FINGERPRINT_CHARS - SHOWN_DIGITS)
    return AccessResult(id=0, **facts)


def _taken(kind: type[Kind], source: msgspec.Struct, **more: object) -> Kind:
    names = (name for name in kind.__struct_fields__ if name not in more)
    return kind(**{name: getattr(source, name) for name in names}, **more)
