"""Which node types n8n has shipped, to tell an invented type from a real one.

>>> exists("n8n-nodes-base.httpRequestTool")
True
>>> exists("n8n-nodes-base.anthropic"), exists("@n8n/n8n-nodes-langchain.anthropic")
(False, True)

Nothing is known about community packages, so all of theirs exist:

>>> exists("n8n-nodes-acme.acme")
True

The list is ``node_types.toml`` with its sources. `ValueError` (at load, wrong data) is the only error.
"""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

_MADE_AT_RUN_TIME: Final = ("HitlTool", "Tool")
"""Endings of the types that n8n makes of its nodes for agents."""


class _Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: str
    versions: tuple[str, ...]
    types: frozenset[str]


class _NodeTypesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    package: tuple[_Package, ...]


def exists(node_type: str) -> bool:
    """Return whether some n8n has had this node type; True for every type outside n8n's own two packages."""
    package, _, name = node_type.rpartition(".")
    names = _packages().get(package)
    return names is None or name in names or any(name.removesuffix(ending) in names for ending in _MADE_AT_RUN_TIME)


def newest() -> str:
    """Return the newest version of n8n-nodes-base in the list, which is about n8n's own."""
    return next(package.versions[-1] for package in _file().package if package.name == "n8n-nodes-base")


@cache
def _packages() -> dict[str, frozenset[str]]:
    return {package.name: package.types for package in _file().package}


@cache
def _file() -> _NodeTypesFile:
    return msgspec.toml.decode(Path(__file__).with_name("node_types.toml").read_bytes(), type=_NodeTypesFile)
