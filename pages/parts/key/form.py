"""The form of the Test a key page: which models, by which path, and the key, which leaves the browser with "Test" only.

Everything but the key is outside the form, so that the page can follow it; the key, the value of a custom header
and the agreement to send them are in a form, whose fields the browser keeps to itself until the button is pressed.
Their names carry a number that goes up with every test: a new name makes the browser drop the old value
(facts of streamlit 1.67.0: `clear_on_submit` does not).
"""

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.models import catalogue
from core.models.catalogue import ModelState
from core.n8n.choices import DEFAULT_MODEL
from core.net.base_url import ANTHROPIC_BASE, Target, TargetRefused, parse
from core.probe.policy import Surroundings
from core.probe.request import API_VERSION, MAX_MODELS, AuthWay, ProbeRequest, complaint
from core.text import key_report
from core.text.vocabulary.probe import AUTH_HEADER
from pages.parts import escaped, typed

ROUND: Final = "test_key_round"  # counts tests; part of the key field's name
MODELS: Final = "test_key_models"
IN_ADDRESS: Final = "model"  # the models' name in the address
EVERYTHING: Final = "everything"
BASE_URL: Final = "test_key_base_url"
AUTH: Final = "test_key_auth"
VERSION: Final = "test_key_version"
WORKSPACE: Final = "test_key_workspace"
HEADER: Final = "test_key_header"

PRIVACY: Final = (
    "The key leaves your browser when you press the button, for this one test. It is forgotten when the test ends, "
    "after two minutes at most, and is never stored, logged or shown."
)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What was handed in; the secrets are in no `repr`."""

    request: ProbeRequest
    host: str
    key: str = field(repr=False)
    header_value: str = field(repr=False)


def choose_models() -> tuple[str, ...] | None:
    """Draw what is to be tested; returns the models, None for all that the key can see."""
    slot = st.container()
    everything = st.toggle(
        "Everything this key can see",
        key=EVERYTHING,
        bind="query-params",
        help="Asks Anthropic which models this key can see, and tests each of them.",
    )
    models = None if everything else _models(slot)
    escaped.paragraph(key_report.cost(None if models is None else len(models)), small=True)
    return models


def _models(slot: DeltaGenerator) -> tuple[str, ...]:
    labels = _labels(dt.datetime.now(dt.UTC).date())
    typed.from_address(IN_ADDRESS, MODELS, [DEFAULT_MODEL])
    models = typed.choices(
        slot,
        "Models to test",
        list(labels),
        format_func=lambda model: labels.get(model, model),
        key=MODELS,
        max_selections=MAX_MODELS,
        placeholder="Choose models, or type an id",
    )
    typed.to_address(IN_ADDRESS, MODELS, models, [DEFAULT_MODEL])
    return tuple(dict.fromkeys(each.strip() for each in models if each.strip()))


@functools.lru_cache(maxsize=2)
def _labels(today: dt.date) -> dict[str, str]:
    """Return every id with its label, the usable ones first; an alias is its own label."""
    known = catalogue.load()
    labels = {choice.model.id: choice.label for choice in known.usable(today)}
    labels |= {alias: f"{alias} (now {model.id})" for model in known for alias in model.aliases}
    retired = [model for model in known if model.state(today) is ModelState.RETIRED]
    for model in retired:
        labels |= {name: f"{name}: {known.describe_state(name, today)}" for name in (model.id, *model.aliases)}
    return labels


def choose_path(around: Surroundings, models: tuple[str, ...] | None) -> tuple[ProbeRequest, Target | None]:
    """Draw the way to another address; returns what is to be tested and where, None for a refused address."""
    with st.expander("My n8n calls another address (gateway or proxy)"):
        base_url = typed.line(
            "Base URL", key=BASE_URL, empty=True, placeholder=ANTHROPIC_BASE, max_chars=500, autocomplete="off"
        ).strip()
        target = _target(base_url or ANTHROPIC_BASE, around)
        auth = st.radio(
            "Header that carries the key", list(AuthWay), format_func=_auth_label, key=AUTH, horizontal=True
        )
        version = typed.line("API version", key=VERSION, empty=True, placeholder=API_VERSION, max_chars=40).strip()
        workspace = typed.line(
            "Workspace id",
            key=WORKSPACE,
            empty=True,
            max_chars=100,
            autocomplete="off",
            help="Only for keys of a person or a service account, which act in several workspaces.",
        ).strip()
        header = typed.line(
            "One more header: its name",
            key=HEADER,
            empty=True,
            max_chars=100,
            autocomplete="off",
            help="For a gateway that asks for a header of its own. Its value goes below, beside the key.",
        ).strip()
    request = ProbeRequest(
        models=models or (),
        all_visible=models is None,
        base_url=base_url or ANTHROPIC_BASE,
        auth=auth,
        api_version=version or API_VERSION,
        workspace_id=workspace or None,
        header_name=header or None,
        clean_key=True,
    )
    return request, target


def _auth_label(auth: AuthWay) -> str:
    return f"{AUTH_HEADER[auth]}, as n8n does" if auth is AuthWay.X_API_KEY else AUTH_HEADER[auth]


def _target(base_url: str, around: Surroundings) -> Target | None:
    try:
        return parse(base_url, around.allowed)
    except TargetRefused as refused:
        hint = f" Try {refused.suggestion}" if refused.suggestion else ""
        escaped.announcement(f"{refused.sentence}{hint}", lead="This address cannot be tested.")
        return None


def hand_in(request: ProbeRequest, target: Target | None, *, running: bool) -> Submission | None:
    """Draw the key's field; returns what was handed in if the button was just pressed and all of it can be used."""
    number = st.session_state.setdefault(ROUND, 0)
    with st.form(f"test_key_form_{number}", border=False):
        key = st.text_input(
            "Anthropic API key" if target is None or target.anthropic else "Key for this address",
            type="password",
            key=f"test_key_field_{number}",
            autocomplete="off",
            placeholder="sk-ant-…",
            disabled=running,
        )
        value = ""
        if request.header_name:
            value = st.text_input(
                "Value of the one more header",
                type="password",
                key=f"test_key_value_{number}",
                autocomplete="off",
                disabled=running,
            )
        agreed = target is None or target.anthropic or _agreed(target, number, running=running)
        pressed = st.form_submit_button("Test this key", type="primary", disabled=running)
    if not pressed or running:
        return None
    problem = _refusal(request, key, value, target, agreed=agreed)
    if problem:
        st.error(problem, icon=":material/error:")
    if problem or target is None:
        return None
    return Submission(request=request, host=target.host, key=key, header_value=value)


def _agreed(target: Target, number: int, *, running: bool) -> bool:
    """Ask before the key goes to a host that is not Anthropic's; asked again for each test and each host."""
    escaped.paragraph(f"{target.authority}, which is not Anthropic's.", lead="Your key will be sent to")
    return st.checkbox("Yes, send it there", key=f"test_key_agreed_{number}_{target.authority}", disabled=running)


def _refusal(request: ProbeRequest, key: str, value: str, target: Target | None, *, agreed: bool) -> str | None:
    """Return why nothing is tested, in words of ours."""
    if target is None:
        return "The base URL cannot be used. What is wrong with it is said beside it."
    if not key.strip():
        return "The key field is empty. Paste the key, then press the button."
    if not agreed:
        return "Nothing was sent. Tick the box if the key may go to this address."
    return complaint(request, value)
