"""Which typeVersion of each node to write for the user's n8n.

>>> for_n8n(None).http_request, for_n8n("1.20").http_request
(4.2, 4.1)

Without a version it is the newest row, which fits n8n 1.50 to 2.41 and later; n8n 1.20 is that of the common tutorial.
The table is ``type_versions.toml`` with its sources.
"""

from functools import cache
from pathlib import Path

import msgspec

from core.n8n.versions import Version, parse


class TypeVersions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The typeVersions to write for n8n version `n8n` and later; `source` says where they were read."""

    n8n: str
    source: str
    http_request: float
    set: float
    switch: float
    wait: float
    code: float = 2
    manual_trigger: float = 1
    error_trigger: float = 1
    stop_and_error: float = 1
    sticky_note: float = 1


class _TypeVersionsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    row: tuple[TypeVersions, ...]


class UnknownVersionError(ValueError):
    """The text is not an n8n version, or it is older than any that was checked; the message is a plain sentence."""


@cache
def table() -> tuple[TypeVersions, ...]:
    """Read the bundled table, oldest row first."""
    data = Path(__file__).with_name("type_versions.toml").read_bytes()
    return msgspec.toml.decode(data, type=_TypeVersionsFile).row


def for_n8n(version: str | None) -> TypeVersions:
    """Return the row for an n8n version such as "1.62.3"; without one, the newest. Raises `UnknownVersionError`."""
    rows = table()
    if version is None:
        return rows[-1]
    requested = known_version(version)
    matches = [row for row in rows if known_version(row.n8n) <= requested]
    if not matches:
        raise UnknownVersionError(
            f"n8n {requested} is older than {rows[0].n8n}, the oldest that these nodes were checked against. "
            "Update n8n, or build the node by hand."
        )
    return matches[-1]


def known_version(text: str) -> Version:
    """Return the n8n version in a text as people write it; raises `UnknownVersionError`."""
    version = parse(text)
    if version is None:
        raise UnknownVersionError(
            "The n8n version is written like 1.62.3 or 2.41.1; it stands in n8n at the bottom left, under Help → About."
        )
    return version
