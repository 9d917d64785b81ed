"""The facts of a finding that may be kept: an allow-list, so that a new fact is left out until somebody lets it in.

Left out on purpose: every message and text, the names of nodes and workflows (people put names and addresses in
them), organization and workspace ids, whole addresses with their paths.
"""

import datetime as dt
from typing import Any, Final

import msgspec

from core.paste.failure import Failure
from core.storage.clean_text import Cleaner

_FROM_FAILURE: Final = (
    "error_type",
    "error_code",
    "code",
    "model",
    "host",
    "node_type",
    "node_version",
    "n8n_version",
    "api_version",
    "request_id",
    "started_at",
)
MOST_TIMES: Final = 1_000_000


class KeptFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding without any text of a stranger; fields that this release does not know are skipped when read."""

    cause: str
    certainty: str
    key_verdict: str
    status: int | None = None
    error_type: str | None = None
    error_code: str | None = None
    code: str | None = None
    answered_by: str | None = None
    surface: str | None = None
    provider: str | None = None
    model: str | None = None
    host: str | None = None
    node_type: str | None = None
    node_version: str | None = None
    n8n_version: str | None = None
    api_version: str | None = None
    request_id: str | None = None
    started_at: str | None = None
    times: int = 1
    as_of: dt.date | None = None


def facts_of(
    failure: Failure | None,
    *,
    cause: str,
    certainty: str,
    key_verdict: str,
    times: int = 1,
    as_of: dt.date | None = None,
) -> KeptFacts:
    """Return the facts of a finding that may be kept; `failure` is None for a paste in which nothing failed."""
    taken: dict[str, Any] = {}
    if failure is not None:
        taken = {name: getattr(failure, name) for name in (*_FROM_FAILURE, "status")}
        taken |= {name: _value(getattr(failure, name)) for name in ("answered_by", "surface", "provider")}
    return KeptFacts(cause=cause, certainty=certainty, key_verdict=key_verdict, times=times, as_of=as_of, **taken)


def to_text(facts: KeptFacts, cleaner: Cleaner) -> str:
    """Return the facts as they are stored; a value that does not look like a fact is left out."""
    kept = {}
    for name in KeptFacts.__struct_fields__:
        value = getattr(facts, name)
        kept[name] = cleaner.token(value) if isinstance(value, str) else value
    kept["times"] = max(1, min(facts.times, MOST_TIMES))
    for needed in ("cause", "certainty", "key_verdict"):
        kept[needed] = kept[needed] or "unknown"
    return msgspec.json.encode(msgspec.structs.replace(facts, **kept)).decode()


def from_text(text: str) -> KeptFacts:
    """Return stored facts, also those of another release."""
    return msgspec.json.decode(text, type=KeptFacts)


def _value(fact: Any) -> str | None:
    return None if fact is None else str(fact.value)
