"""Rules on a call to Claude through OpenRouter: only what is known about it, never Anthropic's own rules.

OpenRouter names Anthropic's models in its own spelling (``anthropic/claude-3.5-sonnet``) and adds aliases such as
``~anthropic/claude-sonnet-latest``. Which of them it offers today is not known here, but the model behind a name is.
"""

import datetime as dt
from typing import Final

import re2

from core.models.catalogue import Catalogue, Model, ModelState, load
from core.n8n.check.callee import Callee
from core.n8n.check.node_view import NodeView
from core.n8n.check.rules import Hits, Rule, RuleHit
from core.paste.failure import Surface

_SLUG: Final = re2.compile(r"(?i)^anthropic/claude[\w.-]*(?::[\w-]+)?$")
_NUMBERS: Final = re2.compile(r"\d+")
_LATEST: Final = re2.compile(r"(?i)latest|fast|preview")


def rules(view: NodeView, today: dt.date) -> Hits:
    """Check which of Anthropic's models a node asks OpenRouter for."""
    if view.callee is not Callee.OPENROUTER:
        return
    catalogue = load()
    for slug in dict.fromkeys(reference.model for reference in view.references):
        model = _model_of(catalogue, slug)
        if model is None or model.state(today) is not ModelState.RETIRED:
            continue
        yield RuleHit(
            Rule.MODEL_GONE_AT_GATEWAY,
            f"{slug} is {model.name}, which Anthropic {catalogue.describe_state(model.id, today).split(';')[0]}. "
            "OpenRouter may refuse it or answer with another model.",
            _advice(view),
        )


def _model_of(catalogue: Catalogue, slug: str) -> Model | None:
    """Return the model that a slug certainly names, or None."""
    if not _SLUG.match(slug) or _LATEST.search(slug):
        return None
    name = slug.lower().removeprefix("anthropic/").partition(":")[0]
    model = catalogue.find(name) or catalogue.find(catalogue.suggest(name) or "")
    if model is None:
        return None
    ids = [model.id, *model.aliases]
    return model if any(_is_version(name, each) for each in ids) else None


def _is_version(name: str, model_id: str) -> bool:
    """Return whether a slug has the numbers of an id; the date may be missing."""
    numbers, id_numbers = _NUMBERS.findall(name), _NUMBERS.findall(model_id)
    return bool(numbers == id_numbers or numbers == [number for number in id_numbers if len(number) < len("20240229")])


def _advice(view: NodeView) -> str:
    if view.surface is Surface.CHAT_MODEL:
        return "Open the node and pick a current Claude model under Model."
    return "Write the name of a current Claude model as openrouter.ai/anthropic lists it."
