"""The model access table as a page shows it: who can use what now, what changed, what happened before.

Everything is made of the results of one notebook (`core.storage.access_results`), as pandas frames, sentences and CSV.
An outcome is always a word, with a sign before it; colour only repeats it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import pandas as pd
from msgspec.inspect import IntType

from core.causes.loader import load
from core.storage.access_results import FIELDS, AccessOutcome, AccessResult, CallPath, Change, Field, Matrix, in_order
from core.text import csv, key_result, vocabulary
from core.text.vocabulary.probe import ACCESS_OUTCOME, CHANGE, outcome_words, path_words

COLOUR: Final = {
    AccessOutcome.OK: "background-color: rgba(34, 139, 80, 0.20)",
    AccessOutcome.FAILED: "background-color: rgba(200, 60, 45, 0.22)",
    AccessOutcome.NOT_TRIED: "background-color: rgba(128, 128, 128, 0.15)",
}
"""Half transparent, so that the words on them keep their contrast in a light and in a dark theme."""
NEVER: Final = "not tested"

WHEN, KEY, ENVIRONMENT, MODEL, PATH = "When", "Key", "Environment", "Model", "Path"
RESULT, CAUSE, STATUS, TIME, REQUEST = "Result", "Cause", "HTTP status", "Time (ms)", "Request id"

_SHOWN: Final = frozenset(
    {
        "tested_at",
        "outcome",
        "model",
        "cause",
        "key_label",
        "key_fingerprint",
        "environment",
        "path",
        "host",
        "latency_ms",
        "status",
        "request_id",
    }
)
"""Fields that the page's table shows in columns of its own making; any other gets a column under its name."""
_CSV_NAMES: Final = {"key_label": "key", "key_fingerprint": "fingerprint"}
"""Columns of the CSV that have another name than their field."""

_WEEK: Final = dt.timedelta(days=6)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; an empty choice shows everything."""

    keys: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def let_through(self, result: AccessResult) -> bool:
        """Return whether a result is shown."""
        choices = (
            (self.keys, key_name(result)),
            (self.environments, result.environment),
            (self.models, result.model),
            (self.outcomes, ACCESS_OUTCOME[result.outcome]),
            (self.paths, path_name(result)),
        )
        return all(not chosen or value in chosen for chosen, value in choices)


def key_name(result: AccessResult) -> str:
    """Return a key's label with the six digits that tell it from another of the same label."""
    return f"{result.key_label} #{result.shown_fingerprint}"


def path_name(result: AccessResult) -> str:
    """Return the words for the way by which a model was called."""
    return path_words(result.path, result.host)


def cause_title(result: AccessResult) -> str:
    """Return a result's cause in words, as its test said it; behind a gateway it is the gateway's."""
    if result.cause is None:
        return ""
    return key_result.title_of(
        result.cause, host=result.host, anthropic=result.path is CallPath.DIRECT, status=result.status
    )


def cell_words(result: AccessResult | None) -> str:
    """Return a cell of the matrix: the sign, the word, and for a failure what it is about."""
    if result is None:
        return NEVER
    said = outcome_words(result.outcome)
    card = load().get(result.cause) if result.outcome is AccessOutcome.FAILED and result.cause else None
    return said if card is None else f"{said}: {vocabulary.FAMILY[card.family].lower()}"


def matrix_frame(matrix: Matrix) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the latest state in words, models down and keys across, and a frame of that form with its colours."""
    names = _column_names(matrix)
    said = {name: [cell_words(cell) for cell in row.cells] for name, row in zip(names, matrix.rows, strict=True)}
    colours = {
        name: ["" if cell is None else COLOUR[cell.outcome] for cell in row.cells]
        for name, row in zip(names, matrix.rows, strict=True)
    }
    index = pd.Index(matrix.models, name=MODEL)
    return pd.DataFrame(said, index=index), pd.DataFrame(colours, index=index)


def _column_names(matrix: Matrix) -> list[str]:
    """Return a name per row: the key, and its environment and path where several need telling apart."""
    several = len({row.environment for row in matrix.rows}) > 1
    ways = len({(row.path, row.host) for row in matrix.rows}) > 1
    names = []
    for row in matrix.rows:
        parts = [f"{row.key_label} #{row.key_fingerprint[:6]}"]
        parts += [row.environment] if several else []
        parts += [path_words(row.path, row.host)] if ways else []
        names.append(", ".join(parts))
    # Two keys can share label and six digits; a frame needs each name once.
    return [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names, start=1)]


def history_frame(results: Iterable[AccessResult], zone: dt.tzinfo) -> pd.DataFrame:
    """Return every result, newest first, indexed by its id; times in the reader's zone.

    A field that is not in `_SHOWN` has a column after the others, under its name in words.
    """
    newest = in_order(results)[::-1]
    return pd.DataFrame(
        {
            WHEN: pd.Series([each.tested_at.astimezone(zone) for each in newest], dtype=object),
            RESULT: [outcome_words(each.outcome) for each in newest],
            MODEL: [each.model for each in newest],
            CAUSE: [cause_title(each) for each in newest],
            KEY: [key_name(each) for each in newest],
            ENVIRONMENT: [each.environment for each in newest],
            PATH: [path_name(each) for each in newest],
            TIME: pd.array([each.latency_ms for each in newest], dtype="Int64"),
            STATUS: pd.array([each.status for each in newest], dtype="Int64"),
            REQUEST: [each.request_id or "" for each in newest],
            **{
                vocabulary.fact(field.name): [str(_plain(getattr(each, field.name))) for each in newest]
                for field in FIELDS
                if field.name not in _SHOWN
            },
        }
    ).set_axis(pd.Index([each.id for each in newest], name="id"))


def chart_frame(results: Iterable[AccessResult], zone: dt.tzinfo) -> pd.DataFrame:
    """Return time to answer over time, one row per result that was tried; a failure without a time is at zero."""
    tried = [each for each in in_order(results) if each.outcome is not AccessOutcome.NOT_TRIED]
    return pd.DataFrame(
        {
            WHEN: [each.tested_at.astimezone(zone).replace(tzinfo=None) for each in tried],
            TIME: [each.latency_ms or 0 for each in tried],
            RESULT: [ACCESS_OUTCOME[each.outcome] for each in tried],
            MODEL: [each.model for each in tried],
            KEY: [key_name(each) for each in tried],
        }
    )


def chart_words(results: Iterable[AccessResult]) -> str:
    """Return what the chart shows, for those who do not see it."""
    tried = [each for each in results if each.outcome is not AccessOutcome.NOT_TRIED]
    times = [each.latency_ms for each in tried if each.outcome is AccessOutcome.OK and each.latency_ms is not None]
    failed = sum(each.outcome is AccessOutcome.FAILED for each in tried)
    span = f"The answers took {min(times):,} to {max(times):,} ms. " if times else ""
    return f"{vocabulary.count(len(tried), 'result')}: {len(tried) - failed} answered, {failed} failed. {span}".strip()


def change_words(change: Change, now: dt.datetime, zone: dt.tzinfo) -> str:
    """Return one change as a sentence: what was lost or came back, between which days, and why."""
    who = f"{key_name(change.latest)} ({change.latest.environment})"
    before, after = (_day(each.tested_at, now, zone) for each in (change.before, change.after))
    days = f"between {before} and {after}" if before != after else f"{'' if 'today' in after else 'on '}{after}"
    why = cause_title(change.latest)
    because = f"{why.rstrip('.')}." if why else ""
    sentence = CHANGE[change.kind].format(key=who, model=change.latest.model, days=days, before=before, why=because)
    return sentence.rstrip()


def _day(moment: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> str:
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"today at {local:%H:%M}"
    if today.date() - local.date() <= _WEEK:
        return f"{local:%A}"
    return f"{local.day} {local:%B %Y}"


def to_csv(results: Sequence[AccessResult]) -> bytes:
    """Return the results as CSV (`core.text.csv`), UTC, newest first: a column for each field, the time first."""
    newest = in_order(results)[::-1]
    fields = sorted(FIELDS, key=lambda field: field.name != "tested_at")
    frame = pd.DataFrame(
        {
            _CSV_NAMES.get(field.name, field.name): pd.array([_csv_cell(field, each) for each in newest], dtype="Int64")
            if isinstance(field.type, IntType)
            else [_csv_cell(field, each) for each in newest]
            for field in fields
        }
    )
    return csv.to_csv(frame)


def _csv_cell(field: Field, result: AccessResult) -> str | int | None:
    if field.name == "key_fingerprint":
        return f"#{result.shown_fingerprint}"
    value = getattr(result, field.name)
    return value if isinstance(field.type, IntType) else str(_plain(value))


def _plain(value: object) -> object:
    """Return a field's value for a cell: a time in UTC, nothing for what is not known."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    return "" if value is None else value
