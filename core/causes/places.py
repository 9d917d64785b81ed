"""Menu paths, buttons, fields and addresses that texts name, from one data file.

``places.toml`` beside this module holds them with the version in which each label was read, so that a renamed menu
is fixed in one line. A text names a place as ``{console.billing}``; `core.causes.templates` fills it in.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from core.paste.failure import Hosting


class ScreenLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What a menu path, button, field or page is called on screen.

    `address` is the page to open, and for a label inside n8n the documentation about it.
    """

    name: str
    label: str
    label_1x: str
    label_cloud: str
    label_own: str
    label_own_3x: str
    address: str | None
    seen: tuple[str, ...]

    def label_for(self, n8n_major: int = 2, hosting: Hosting | None = None) -> str:
        """Return the label that this major version of n8n prints, or what to do where n8n runs; websites have one."""
        if n8n_major < 2 and self.label_1x != self.label:
            return self.label_1x
        if hosting is Hosting.CLOUD:
            return self.label_cloud
        if hosting is Hosting.OWN_SERVER:
            return self.label_own_3x if n8n_major > 2 else self.label_own
        return self.label


class _WrittenLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place as written in places.toml."""

    label: str
    seen: list[str]
    label_1x: str | None = None
    label_cloud: str | None = None
    label_own: str | None = None
    label_own_3x: str | None = None
    address: str | None = None


@cache
def places() -> Mapping[str, ScreenLabel]:
    """Return every place by its full name, such as ``n8n.credentials``; raises `ValueError` if the file is wrong."""
    return parse(Path(__file__).with_name("places.toml").read_bytes())


def parse(data: bytes) -> Mapping[str, ScreenLabel]:
    """Read places from TOML; raises `ValueError` for an unknown field, an empty label or an unknown source."""
    groups: dict[str, dict[str, Any]] = msgspec.toml.decode(data, type=dict[str, dict[str, Any]])
    sources = msgspec.convert(groups.pop("sources"), type=dict[str, str])
    labels = {
        f"{group}.{name}": _place(f"{group}.{name}", entry, sources)
        for group, entries in groups.items()
        for name, entry in entries.items()
    }
    return MappingProxyType(labels)


def _place(name: str, data: object, sources: Mapping[str, str]) -> ScreenLabel:
    entry = msgspec.convert(data, type=_WrittenLabel)
    unknown = [source for source in entry.seen if source not in sources]
    if unknown or not entry.seen or not entry.label.strip():
        raise ValueError(f"places.toml: {name} needs a label and known sources, not {unknown or entry.seen}.")
    return ScreenLabel(
        name=name,
        label=entry.label,
        label_1x=entry.label_1x or entry.label,
        label_cloud=entry.label_cloud or entry.label,
        label_own=entry.label_own or entry.label,
        label_own_3x=entry.label_own_3x or entry.label_own or entry.label,
        address=entry.address,
        seen=tuple(sources[source] for source in entry.seen),
    )
