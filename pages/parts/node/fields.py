"""What the fields of the page that makes a node share: their values, where these are kept, and room for a problem."""

from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.n8n.choices import NodeChoices
from pages.parts.node.words import LABELS

DEFAULTS: Final = NodeChoices()


@dataclass
class Fields:
    """The values as they come in, and under each field a place for what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, DeltaGenerator] = field(default_factory=dict)

    def take(self, name: str, value: Any) -> None:
        """Note a field's value and keep room under it."""
        self.values[name] = value
        self.notes[name] = st.container()

    def number(self, name: str, least: int, most: int, *default: int) -> None:
        """Draw a field for a whole number and take its value."""
        drawn = st.number_input(LABELS[name], min_value=least, max_value=most, step=1, **kept(name, *default))
        self.take(name, drawn)


def linked(name: str) -> dict[str, Any]:
    """Return the options of a widget whose value is in the address."""
    return {"key": name, "bind": "query-params"}


def kept(name: str, *default: Any) -> dict[str, Any]:
    """Return the options of a widget whose value outlives a visit to another page.

    The value starts with `default`, or with what `NodeChoices` has.
    """
    st.session_state.setdefault(key(name), default[0] if default else getattr(DEFAULTS, name))
    return {"key": key(name), "persist_state": "session"}


def written(name: str, *default: Any) -> dict[str, Any]:
    """Return the options of a field for words, kept alike.

    A secret in it is a problem of the node, which the page tells under the field.
    """
    return {**kept(name, *default), "say": False}


def key(name: str) -> str:
    """Return the key of a field that is not in the address."""
    return f"node_{name}"
