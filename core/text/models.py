"""The model catalogue for people: rows for a page with every id and alias, and lines for a terminal.

rows(today)[0].rules  # ("Leave out Temperature, Top P and Top K.", "It always thinks; ...", ...)
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

import msgspec

from core.models.catalogue import Allowed, Availability, Catalogue, Model, ModelState, Rules, ThinkingMode, load
from core.text import vocabulary

_ORDER: Final = (ModelState.DEPRECATED, ModelState.ACTIVE, ModelState.RETIRED)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One id or alias; `max_output` and `context` are tokens, None where no source tells."""

    id: str
    name: str
    alias_of: str | None
    state: ModelState
    lifetime: str  # "retires in 7 days, on 30 November 2026; use claude-sonnet-5-5"
    replacement: str | None
    max_output: int | None
    context: int | None
    rules: tuple[str, ...]


def rows(catalogue: Catalogue, today: dt.date) -> tuple[Row, ...]:
    """Return a row for every id and alias: first those that end, then the active ones, newest first."""
    every = [_row(name, model, catalogue, today) for model in catalogue for name in (model.id, *model.aliases)]
    return tuple(sorted(every, key=lambda row: _ORDER.index(row.state)))


def rules_in_words(model: Model) -> tuple[str, ...]:
    """Return what a model takes and refuses, one short sentence each; empty once it is retired or ended."""
    rules = model.rules
    access = () if model.access is Availability.OPEN else (vocabulary.AVAILABILITY[model.access],)
    if rules is None:
        return access
    return (*access, vocabulary.SAMPLING[rules.sampling], _thinking(rules), *_others(rules))


def _row(name: str, model: Model, catalogue: Catalogue, today: dt.date) -> Row:
    state = model.state(today)
    instead = catalogue.instead(name, today)
    return Row(
        id=name,
        name=model.name,
        alias_of=None if name == model.id else model.id,
        state=state,
        lifetime=_lifetime(catalogue.describe_state(name, today)),
        replacement=instead[0] if instead else None,
        max_output=model.max_output,
        context=model.context,
        rules=() if state is ModelState.RETIRED else rules_in_words(model),
    )


def _lifetime(described: str) -> str:
    """Return the dates alone: the state and the replacement have columns of their own."""
    dates = described.split("; use ", 1)[0].removeprefix("active").removeprefix("; ")
    return dates or "no end date announced"


def _thinking(rules: Rules) -> str:
    if rules.always_thinks:
        return "It always thinks first. This cannot be switched off."
    modes = set(rules.thinking)
    if ThinkingMode.BETWEEN_TOOLS in modes:
        return "Thinking can be adaptive, or only between tools."
    if modes >= {ThinkingMode.ENABLED, ThinkingMode.ADAPTIVE}:
        return "Thinking can be adaptive, on with a budget, or off."
    if ThinkingMode.ENABLED in modes:
        return "Thinking can be on with a budget, or off. It takes no adaptive thinking."
    return "Thinking can be adaptive or off. It takes no thinking budget."


def _others(rules: Rules) -> tuple[str, ...]:
    said = []
    if rules.prefill is Allowed.NO:
        said.append("The last message must not be from the assistant.")
    elif rules.prefill is Allowed.NOT_WITH_THINKING:
        said.append("With thinking on, the last message must not be from the assistant.")
    if rules.forced_tool_choice is Allowed.NO:
        said.append("A tool cannot be forced.")
    elif rules.forced_tool_choice is Allowed.NOT_WITH_THINKING:
        said.append("With thinking on, a tool cannot be forced.")
    if not rules.effort:
        said.append("It takes no effort setting.")
    return tuple(said)


def model_lines(*, as_json: bool, today: dt.date | None = None) -> Iterator[str]:
    """Yield one line a model, newest first: a table row, or a JSON object with `id`, `state`, dates and limits."""
    as_of = today or dt.datetime.now(dt.UTC).date()
    known = load()
    for model in known:
        state = model.state(as_of)
        words = known.describe_state(model.id, as_of)
        if as_json:
            yield msgspec.json.encode({**msgspec.to_builtins(model), "state": state, "state_in_words": words}).decode()
        else:
            yield f"{model.id:<32} {vocabulary.MODEL_STATE[state]:<12} {words}"
