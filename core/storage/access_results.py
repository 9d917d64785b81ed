"""Access results: what a test learned about one key, one model, one path, at one time, and what the rows say together.

Rows are appended and never updated; the latest state, the history of a cell and what changed are worked out of them
by the pure functions here.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple, cast

import msgspec
from msgspec import Meta, inspect

from core.storage.clean_text import LABEL_CHARS, TOKEN_CHARS, Cleaner
from core.storage.deployment_secret import FINGERPRINT_CHARS, shown

MAX_STATUS: Final = 999
MAX_LATENCY_MS: Final = 3_600_000
UNNAMED: Final = "unnamed"
UNKNOWN: Final = "unknown"

Label = Annotated[str, Meta(max_length=LABEL_CHARS)]
"""A person's own words on one line; `extra` says what they name."""
Token = Annotated[str, Meta(max_length=TOKEN_CHARS)]
"""A fact that has no spaces in it."""


class CallPath(StrEnum):
    """Which way a call took."""

    DIRECT = "direct"  # straight to Anthropic
    GATEWAY = "gateway"


class AccessOutcome(StrEnum):
    """Whether the model answered."""

    OK = "ok"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


class AccessFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one access result says. `key_fingerprint` is `DeploymentSecret.fingerprint` of the key, never the key.

    The one place that names the fields: the columns of the tables, the table and the CSV of the page, and the file of
    a case are made from it. A new field needs a migration, and a default, so that older files can be read.
    """

    key_label: Annotated[Label, Meta(extra={"names": "label of the key"})]
    key_fingerprint: Annotated[str, Meta(max_length=FINGERPRINT_CHARS, pattern="^[0-9a-f]+$")]
    environment: Annotated[Label, Meta(extra={"names": "name of the environment"})]
    model: Token
    path: CallPath
    host: Token
    outcome: AccessOutcome
    tested_at: Annotated[dt.datetime, Meta(tz=True)]
    cause: Token | None = None
    status: Annotated[int, Meta(ge=0, le=MAX_STATUS)] | None = None
    latency_ms: Annotated[int, Meta(ge=0, le=MAX_LATENCY_MS)] | None = None
    request_id: Token | None = None


NOT_TAKEN_ALONG: Final = {"id": "it names a row of this portal's database, and nothing anywhere else"}
"""Fields of a kept result that neither the CSV nor a case's file has, each with the reason."""


class Field(NamedTuple):
    """A field of an access result; `names` says what a label names, None for what is no label."""

    name: str
    type: inspect.Type
    optional: bool
    names: str | None


def _field(name: str, kind: inspect.Type) -> Field:
    """Return a field with its type: None beside it makes it optional, `extra` around it makes it a label."""
    names = None
    if optional := isinstance(kind, inspect.UnionType):
        (kind,) = (each for each in kind.types if not isinstance(each, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        names = (kind.extra or {}).get("names")
        kind = kind.type
    return Field(name, kind, optional, names)


FIELDS: Final = tuple(
    _field(each.name, each.type) for each in cast(inspect.StructType, inspect.type_info(AccessFacts)).fields
)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What is tested again and again: one key in one environment with one model by one path."""

    key_fingerprint: str
    environment: str
    model: str
    path: CallPath
    host: str


class AccessResult(AccessFacts, frozen=True, kw_only=True):
    """A kept result; `id` names it inside its notebook or case."""

    id: int

    @property
    def cell(self) -> Cell:
        """Which cell of the matrix it belongs to."""
        return Cell(
            key_fingerprint=self.key_fingerprint,
            environment=self.environment,
            model=self.model,
            path=self.path,
            host=self.host,
        )

    @property
    def shown_fingerprint(self) -> str:
        """The six digits that people see."""
        return shown(self.key_fingerprint)


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """One key by one path in one environment; `cells` follow the matrix's models, None where never tested."""

    key_label: str
    key_fingerprint: str
    environment: str
    path: CallPath
    host: str
    cells: tuple[AccessResult | None, ...]


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """The latest state of every cell: keys down, models across."""

    models: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


class ChangeKind(StrEnum):
    """What happened to a cell."""

    LOST = "lost"  # it answered before, it does not now
    REGAINED = "regained"
    OTHER_CAUSE = "other_cause"  # it still fails, for another reason


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A cell whose state changed: the last result before, the first one after, and the latest."""

    kind: ChangeKind
    before: AccessResult
    after: AccessResult
    latest: AccessResult


def to_row(facts: AccessFacts, cleaner: Cleaner) -> dict[str, Any]:
    """Return the columns of a result, made safe to store.

    A fact that does not look like one is left out; a label that is too long raises `core.storage.errors.Refused`.
    """
    return {field.name: _safe(field, getattr(facts, field.name), cleaner) for field in FIELDS}


def _safe(field: Field, value: Any, cleaner: Cleaner) -> Any:
    if value is None:
        return None
    if field.names is not None:
        return cleaner.line(value, field.names) or UNNAMED
    match field.type:
        case inspect.EnumType(cls=members):
            return members(value).value
        case inspect.IntType(le=int(most)):
            return _within(value, most)
        case inspect.StrType(pattern=str()):
            return _fingerprint(value)
        case inspect.StrType():
            return cleaner.token(value) or (None if field.optional else UNKNOWN)
    return value


def from_row(row: Mapping[Any, Any]) -> AccessResult:
    """Return a stored row as a result."""
    return msgspec.convert({name: row[name] for name in AccessResult.__struct_fields__}, AccessResult)


def matrix(results: Iterable[AccessResult]) -> Matrix:
    """Return the latest result of every cell; rows and models in the order of their names."""
    newest: dict[Cell, AccessResult] = {}
    labels: dict[str, str] = {}
    for result in in_order(results):
        newest[result.cell] = result
        # A key's newest label names all its rows.
        labels[result.key_fingerprint] = result.key_label
    models = tuple(sorted({cell.model for cell in newest}))
    places = {(cell.key_fingerprint, cell.environment, cell.path, cell.host) for cell in newest}
    rows = [
        MatrixRow(
            key_label=labels[fingerprint],
            key_fingerprint=fingerprint,
            environment=environment,
            path=path,
            host=host,
            cells=tuple(
                newest.get(
                    Cell(key_fingerprint=fingerprint, environment=environment, model=model, path=path, host=host)
                )
                for model in models
            ),
        )
        for fingerprint, environment, path, host in places
    ]
    rows.sort(key=lambda row: (row.key_label, row.key_fingerprint, row.environment, row.path, row.host))
    return Matrix(models=models, rows=tuple(rows))


def history(results: Iterable[AccessResult], cell: Cell) -> tuple[AccessResult, ...]:
    """Return all results of one cell, oldest first."""
    return tuple(result for result in in_order(results) if result.cell == cell)


def changes(results: Iterable[AccessResult], since: dt.datetime | None = None) -> tuple[Change, ...]:
    """Return the last change of every cell, newest first; with `since` only those seen after it.

    Results that were not tried say nothing and are left out.
    """
    tried: dict[Cell, list[AccessResult]] = {}
    for result in in_order(results):
        if result.outcome is not AccessOutcome.NOT_TRIED:
            tried.setdefault(result.cell, []).append(result)
    kept = [change for rows in tried.values() if (change := _last_change(rows)) is not None]
    kept = [change for change in kept if since is None or change.after.tested_at > since]
    return tuple(sorted(kept, key=lambda change: change.after.tested_at, reverse=True))


def in_order(results: Iterable[AccessResult]) -> list[AccessResult]:
    """Return the results oldest first; of the same moment, in the order in which they were kept."""
    return sorted(results, key=lambda result: (result.tested_at, result.id))


def _last_change(rows: list[AccessResult]) -> Change | None:
    latest = rows[-1]
    after = latest
    for before in reversed(rows[:-1]):
        if _state(before) != _state(latest):
            return Change(kind=_kind(before, latest), before=before, after=after, latest=latest)
        after = before
    return None


def _state(result: AccessResult) -> tuple[AccessOutcome, str | None]:
    return result.outcome, None if result.outcome is AccessOutcome.OK else result.cause


def _kind(before: AccessResult, after: AccessResult) -> ChangeKind:
    if after.outcome is AccessOutcome.OK:
        return ChangeKind.REGAINED
    return ChangeKind.LOST if before.outcome is AccessOutcome.OK else ChangeKind.OTHER_CAUSE


def _fingerprint(value: str) -> str:
    """Return the value; raises `ValueError` for anything but 32 hex digits, since a key here would be stored."""
    if len(value) != FINGERPRINT_CHARS or value.strip("0123456789abcdef"):
        raise ValueError(f"a stored fingerprint is {FINGERPRINT_CHARS} hex digits")
    return value


def _within(value: int | None, most: int) -> int | None:
    return None if value is None else max(0, min(int(value), most))
