"""Fields for words that people type; a key that was put into the wrong one goes no further.

Every field that takes any text is drawn here, but for those that are made for secrets and pastes (`FOR_SECRETS`). What
was typed is checked before the page does anything with it: a secret leaves the session, a sentence under the field says
so, and only checked text gets into the address. No such field is bound to the address by Streamlit itself, which
writes it there in the browser, before anybody here can look (streamlit 1.67.0).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.redaction import RedactionFailed, redact
from core.storage.links import is_link
from pages.parts import escaped, links, session

FOR_SECRETS: Final = (
    "test_key_field_",  # the key under test, forgotten as the test ends
    "test_key_value_",  # the value of a gateway's own header, likewise
    "diagnose_box",  # pastes: hidden in the box as soon as they are read
    "check_node_box",  # likewise; what a corrected copy is made from
    "case_box_",
    "case_notebook_",  # a private link, which is looked up and kept nowhere
)
"""How the keys begin of the fields that may hold a secret; each is drawn by its page."""

EMPTIED: Final = "A key or password was in this field. It was removed, and nothing was sent. No key belongs here."
MASKED: Final = "A key or password was in this text. It was hidden."
IN_ADDRESS: Final = (
    "The address of this page held a key or password. It was removed and used for nothing, but your browser's history "
    "may still hold it. Delete it there, and replace that key if anybody else can see the history."
)

_FIELDS: Final = "typed_fields"


@dataclass
class _TypedField:
    """A field that was drawn in this visit: whether nothing may be left of a secret in it, and how it was found."""

    empty: bool
    checked: str | list[str] = ""  # what it held when it was checked last, so that it is not read twice
    held_secret: bool = False  # until somebody types into it again


def line(label: str, *, key: str, empty: bool = False, say: bool = True, **options: Any) -> str:
    """Draw a field of one line; with `empty` nothing is left of a text that holds a secret, else a mask.

    Without `say` the page itself tells what a masked text means for it.
    """
    _check(key, empty=empty)
    value: str = st.text_input(label, key=key, **options)
    if say:
        _say(key, EMPTIED if empty else MASKED)
    return value


def box(label: str, *, key: str, say: bool = True, **options: Any) -> str:
    """Draw a field of several lines; a secret in it is masked, and without `say` the page itself tells."""
    _check(key)
    value: str = st.text_area(label, key=key, **options)
    if say:
        _say(key, MASKED)
    return value


def choices(
    place: DeltaGenerator, label: str, known: Sequence[str], *, key: str, default: Sequence[str] = (), **options: Any
) -> list[str]:
    """Draw a list that people may add their own words to; one that holds a secret is taken out."""
    st.session_state.setdefault(key, list(default))
    _check(key)
    with place:
        # Above the field, since its open list covers what is below.
        _say(key, EMPTIED)
        value: list[str] = st.multiselect(label, known, key=key, accept_new_options=True, select_all=False, **options)
    return value


def line_in_address(label: str, *, name: str, key: str, fits: Callable[[str], bool], **options: Any) -> str:
    """Draw a field of one line whose value the address keeps as `name`, if it `fits`."""
    in_address = st.query_params.get(name, "")
    if key not in st.session_state or in_address != st.session_state.get(_address_key(key)):
        st.session_state[key] = in_address
    value = line(label, key=key, empty=True, **options)
    to_address(name, key, [value.strip()] if fits(value.strip()) else [], [])
    st.session_state[_address_key(key)] = st.query_params.get(name, "")
    return value


def clear(*keys: str) -> None:
    """Empty fields and lists, so that nothing of what the browser sent stays in the session."""
    for key in keys:
        value = st.session_state.pop(key, "")
        st.session_state[key] = [] if isinstance(value, list) else ""


def from_address(name: str, key: str, default: Sequence[str]) -> None:
    """Let a list start with what the address names, and follow it when a link changes it."""
    in_address = st.query_params.get_all(name)
    if key not in st.session_state or in_address != st.session_state.get(_address_key(key)):
        st.session_state[key] = [each for each in in_address if each] if in_address else list(default)


def to_address(name: str, key: str, values: Sequence[str], default: Sequence[str]) -> None:
    """Write values that were checked into the address, which leaves out the default."""
    # An empty name stands for none of the default.
    in_address = [] if list(values) == list(default) else list(values) or [""]
    if in_address != st.query_params.get_all(name):
        if in_address:
            st.query_params[name] = in_address
        else:
            del st.query_params[name]
    st.session_state[_address_key(key)] = in_address


def check_fields() -> None:
    """Check the fields that this visit has seen, also those that the page to come reads or does not draw any more."""
    for key, field in list(st.session_state.get(_FIELDS, {}).items()):
        _check(key, empty=field.empty)


def check_address() -> None:
    """Take every secret out of the page's address and say so; to be called before a page reads it.

    A private link is left alone: it belongs there, and one in 300 looks like somebody's password.
    """
    with_secrets = [name for name in st.query_params if _holds_secret_in_address(name)]
    for name in with_secrets:
        del st.query_params[name]
    if with_secrets:
        st.warning(IN_ADDRESS, icon=":material/key_off:")


def holds_secret(text: str) -> bool:
    """Return whether redaction would hide anything of a text."""
    return _masked(text) != text


def _holds_secret_in_address(name: str) -> bool:
    values = [value for value in st.query_params.get_all(name) if not (name == links.ID and is_link(value))]
    return any(map(holds_secret, (name, *values)))


def _check(key: str, *, empty: bool = False) -> None:
    """Check what was typed into a field, before the field is drawn with it.

    Where a field held a secret the page runs again, so that a button that was pressed with it does nothing.
    """
    fields: dict[str, _TypedField] = st.session_state.setdefault(_FIELDS, {})
    field = fields.setdefault(key, _TypedField(empty=empty))
    value = st.session_state.get(key)
    if not value or field.checked == value:
        return
    field.checked = clean = _without_secrets(value, empty=empty)
    field.held_secret = clean != value
    if field.held_secret:
        # Setting a field leaves what the browser sent in the session until the next run; deleting does not (1.67.0).
        del st.session_state[key]
        st.session_state[key] = clean
        st.rerun()


def _without_secrets(value: str | list[str], *, empty: bool) -> str | list[str]:
    if not isinstance(value, str):
        return [each for each in value if not holds_secret(each)]
    masked = _masked(value)
    return "" if empty and masked != value else masked


def _say(key: str, sentence: str) -> None:
    if st.session_state[_FIELDS][key].held_secret:
        escaped.paragraph(sentence, lead="Not used:", small=True)


def _masked(text: str) -> str:
    try:
        return redact(text, session.salt()).text
    except RedactionFailed:
        return ""


def _address_key(key: str) -> str:
    return f"{key}_in_address"
