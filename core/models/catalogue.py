"""The model catalogue: which model ids exist, until when, and which parameters each takes.

The data is ``models.toml`` beside this module, with its sources and the day it was checked; the test of this module
compares it with the official SDK. `GET /v1/models` of a real account takes precedence.

>>> catalogue, today = load(), dt.date(2026, 11, 23)
>>> catalogue.state("claude-sonnet-4-5", today)
<ModelState.DEPRECATED: 'deprecated'>
>>> catalogue.describe_state("claude-sonnet-4-5", today)
'retires in 7 days, on 30 November 2026; use claude-sonnet-5-5'
>>> catalogue.suggest("anthropic/claude-sonnet-4.5")
'claude-sonnet-4-5'

Lookups are exact and by dictionary: an id of another platform never existed here. `ValueError` (at load, wrong data)
is the only error.
"""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import msgspec

from core.models.spelling import Spellings, canonical

STABLE_VERSION: Final = "2023-06-01"
"""The anthropic-version that n8n's own nodes send (n8n 2.41.1)."""


class ModelState(StrEnum):
    """A model id's state on a day."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    NEVER_EXISTED = "never_existed"  # a typo, or another platform's spelling


class Sampling(StrEnum):
    """Which of temperature, top_p and top_k a model takes; refused ones give 400."""

    ANY = "any"
    ONE_OF_TEMPERATURE_TOP_P = "one_of_temperature_top_p"
    NONE = "none"


class ThinkingMode(StrEnum):
    """A value of `thinking.type`."""

    ENABLED = "enabled"
    ADAPTIVE = "adaptive"
    DISABLED = "disabled"
    BETWEEN_TOOLS = "between_tools"


class Allowed(StrEnum):
    """Whether a feature is accepted."""

    YES = "yes"
    NOT_WITH_THINKING = "not_with_thinking"
    NO = "no"


class Availability(StrEnum):
    """Who may call a model."""

    OPEN = "open"
    LIMITED = "limited"
    INVITATION = "invitation"


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which parameters a model accepts; anything else is answered with 400."""

    sampling: Sampling
    thinking: tuple[ThinkingMode, ...]
    prefill: Allowed
    forced_tool_choice: Allowed
    effort: bool
    always_thinks: bool = False
    effort_without_thinking: str | None = None  # the highest effort accepted while thinking is off


class Disagreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the SDK's end date differs from ours: what the SDK says, and why we keep ours."""

    sdk_says: str
    reason: str


class _ModelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model as written in models.toml: `rules` is the name of a rule table."""

    id: str
    name: str
    family: str
    sources: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    deprecated_on: dt.date | None = None
    retires_on: dt.date | None = None
    not_before: dt.date | None = None
    replacement: str | None = None
    max_output: int | None = None
    context: int | None = None
    access: Availability = Availability.OPEN
    rules: str | None = None
    restrictions: tuple[str, ...] = ()
    note: str | None = None
    disagreement: Disagreement | None = None


class _Api(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    versions: tuple[str, ...]
    no_sampling_from: str


class _CatalogueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    verified: dt.date
    sources: dict[str, str]
    api: _Api
    rules: dict[str, Rules]
    model: tuple[_ModelEntry, ...]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One model; `max_output` and `context` are tokens, None where no source says; `rules` is None once retired."""

    id: str
    aliases: tuple[str, ...]
    name: str
    family: str
    deprecated_on: dt.date | None
    retires_on: dt.date | None
    not_before: dt.date | None
    replacement: str | None
    max_output: int | None
    context: int | None
    access: Availability
    rules: Rules | None
    restrictions: tuple[str, ...]
    note: str | None
    disagreement: Disagreement | None
    sources: tuple[str, ...]

    def state(self, today: dt.date) -> ModelState:
        """Return the state on a day, from the dates alone, so that an old file still gives the right state."""
        if self.retires_on is not None and self.retires_on <= today:
            return ModelState.RETIRED
        if self.deprecated_on is not None and self.deprecated_on <= today:
            return ModelState.DEPRECATED
        return ModelState.ACTIVE


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A model to offer in a picker; `retiring` marks one that Anthropic asks to move away from."""

    model: Model
    state: ModelState
    label: str

    @property
    def retiring(self) -> bool:
        """Whether the model has been deprecated."""
        return self.state is ModelState.DEPRECATED


class Catalogue:
    """All models that Anthropic's API has or had, newest first."""

    def __init__(self, file: _CatalogueFile) -> None:
        self.verified = file.verified
        self.api_versions = file.api.versions
        self._no_sampling_from = file.api.no_sampling_from
        self.models = tuple(_model(entry, file) for entry in file.model)
        self._by_id = dict(self._named())
        for model in self.models:
            if model.replacement is not None and model.replacement not in self._by_id:
                raise ValueError(f"models.toml: {model.id} names an unknown replacement, {model.replacement}.")

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id and alias, newest first."""
        return tuple(self._by_id)

    def find(self, model_id: str) -> Model | None:
        """Return the model with exactly this id or alias, or None."""
        return self._by_id.get(model_id)

    def state(self, model_id: str, today: dt.date) -> ModelState:
        """Return the state of an id on a day; ids in another platform's spelling never existed here."""
        model = self._by_id.get(model_id)
        return ModelState.NEVER_EXISTED if model is None else model.state(today)

    def newest(self, family: str) -> Model:
        """Return the newest model of a family that is not deprecated; raises KeyError if there is none."""
        for model in self.models:
            if model.family == family and model.deprecated_on is None:
                return model
        raise KeyError(family)

    def rules(self, model_id: str, api_version: str = STABLE_VERSION) -> Rules | None:
        """Return what a model accepts under an anthropic-version; None for a retired or unknown model."""
        model = self._by_id.get(model_id)
        if model is None or model.rules is None or api_version < self._no_sampling_from:
            return None if model is None else model.rules
        return msgspec.structs.replace(model.rules, sampling=Sampling.NONE)

    def canonical(self, model_id: str) -> str:
        """Strip what other platforms put around an id (`us.anthropic.…-v1:0`, `anthropic/…`, `…@20250929`)."""
        return canonical(model_id)

    def suggest(self, model_id: str) -> str | None:
        """Return the id that was probably intended; None for an id that exists and for a name unlike any."""
        return None if model_id in self._by_id else self._spellings.nearest(model_id)

    def instead(self, model_id: str, today: dt.date) -> tuple[str, ...]:
        """Return ids to use instead of this one, nearest first; empty for an active model or a foreign name.

        A misspelled id gives the intended id, then a replacement if that one has ended or is ending.
        """
        intended_id = model_id if model_id in self._by_id else self.suggest(model_id)
        if intended_id is None:
            return ()
        ids = () if intended_id == model_id else (intended_id,)
        replacement = self._lasting_replacement(self._by_id[intended_id], today)
        return ids if replacement is None else (*ids, replacement.id)

    def worth_testing(self, model_id: str, today: dt.date) -> tuple[str, ...]:
        """Return the id to test a key with where a call for this one failed: itself, or what replaces a retired one."""
        if self.state(model_id, today) in (ModelState.ACTIVE, ModelState.DEPRECATED):
            return (model_id,)
        return self.instead(model_id, today)[-1:]

    def describe_state(self, model_id: str, today: dt.date) -> str:
        """Return an id's state in plain words, such as "retires in 7 days, on 30 November 2026; use claude-sonnet-5-5".

        The words fit after a colon or in brackets after the id; they are never empty and end without a full stop.
        """
        model = self._by_id.get(model_id)
        if model is None:
            return self._describe_unknown(model_id, today)
        words = _lifetime(model, today)
        others = self.instead(model_id, today)
        return f"{words}; use {others[0]}" if others else words

    def usable(self, today: dt.date) -> tuple[Choice, ...]:
        """Return the models to offer, newest first; retired ones are left out and ending ones say so in their label."""
        states = ((model, model.state(today)) for model in self.models)
        return tuple(
            Choice(model=model, state=state, label=_label(model, state, today))
            for model, state in states
            if state is not ModelState.RETIRED
        )

    def _describe_unknown(self, model_id: str, today: dt.date) -> str:
        unknown = f"not in Anthropic's list of models of {_day(self.verified)}"
        others = self.instead(model_id, today)
        if not others:
            return unknown
        intended_model = self._by_id[others[0]]
        if intended_model.state(today) is ModelState.ACTIVE:
            return f"{unknown}; did you mean {others[0]}?"
        better = f" Use {others[1]}" if len(others) > 1 else ""
        return f"{unknown}; did you mean {others[0]} ({_ending(intended_model, today)})?{better}"

    def _lasting_replacement(self, model: Model, today: dt.date) -> Model | None:
        """Follow `replacement` from an ended or ending model to the first that is active."""
        step: Model | None = model
        for _ in self.models:
            if step is None or step.state(today) is ModelState.ACTIVE:
                break
            step = self._by_id[step.replacement] if step.replacement else None
        return None if step is model else step

    def _named(self) -> Iterator[tuple[str, Model]]:
        seen: set[str] = set()
        for model in self.models:
            for name in (model.id, *model.aliases):
                if name in seen:
                    raise ValueError(f"models.toml: {name} is there twice.")
                seen.add(name)
                yield name, model

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings((name, model.family) for name, model in self._by_id.items())


@cache
def load() -> Catalogue:
    """Read the bundled catalogue, once per process; raises `ValueError` if its data is wrong."""
    data = Path(__file__).with_name("models.toml").read_bytes()
    return Catalogue(msgspec.toml.decode(data, type=_CatalogueFile))


def _model(entry: _ModelEntry, file: _CatalogueFile) -> Model:
    unknown = [source for source in entry.sources if source not in file.sources]
    if unknown or (entry.rules is not None and entry.rules not in file.rules):
        raise ValueError(f"models.toml: {entry.id} names an unknown source or rule table: {unknown or entry.rules}.")
    fields = {name: getattr(entry, name) for name in Model.__struct_fields__}
    fields["rules"] = file.rules[entry.rules] if entry.rules else None
    fields["sources"] = tuple(file.sources[source] for source in entry.sources)
    return Model(**fields)


def _lifetime(model: Model, today: dt.date) -> str:
    if model.state(today) is not ModelState.ACTIVE:
        return _ending(model, today)
    if model.not_before is None:
        return "active"
    if model.not_before > today:
        return f"active; stays until at least {_day(model.not_before)}"
    return f"active; no end date announced, but Anthropic promised to keep it only until {_day(model.not_before)}"


def _ending(model: Model, today: dt.date) -> str:
    if model.retires_on is None:
        since = f" since {_day(model.deprecated_on)}" if model.deprecated_on else ""
        return f"deprecated{since}, end date not known"
    if model.retires_on <= today:
        return f"retired on {_day(model.retires_on)}"
    left = (model.retires_on - today).days
    when = "tomorrow" if left == 1 else f"in {left} days"
    return f"retires {when}, on {_day(model.retires_on)}"


def _label(model: Model, state: ModelState, today: dt.date) -> str:
    label = f"{model.name} ({model.id})"
    return f"{label}: {_ending(model, today)}" if state is ModelState.DEPRECATED else label


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
