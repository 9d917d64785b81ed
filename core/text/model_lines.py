"""The bundled models as lines for a terminal: state, dates and replacement, as of today."""

import datetime as dt
from collections.abc import Iterator

import msgspec

from core.models import catalogue


def model_lines(*, as_json: bool, today: dt.date | None = None) -> Iterator[str]:
    """Yield one line a model, newest first: a table row, or a JSON object with `id`, `state`, dates and limits."""
    as_of = today or dt.datetime.now(dt.UTC).date()
    models = catalogue.load()
    for model in models:
        state = model.state(as_of)
        words = models.describe_state(model.id, as_of)
        if as_json:
            yield msgspec.json.encode({**msgspec.to_builtins(model), "state": state, "state_in_words": words}).decode()
        else:
            yield f"{model.id:<32} {state:<12} {words}"
