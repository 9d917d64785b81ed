"""The fields of a node that calls Claude: what a person chooses becomes `NodeChoices`, field by field.

Kind, model, credential and n8n version are in the address, so that a choice can be sent as a link. Nothing else does:
a link that filled in an address could lead a key to a stranger's host.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from core.models import catalogue
from core.models.catalogue import Availability, ModelState, ThinkingMode
from core.n8n import choices as node_choices
from core.n8n import versions
from core.n8n.choices import ChoiceProblem, NodeChoices, ReportTo, cautions, problems, refused_parameters
from core.n8n.generate import OutputKind, WorkflowForm
from core.settings import settings
from core.text.vocabulary import AVAILABILITY
from core.text.vocabulary.node import KIND_ABOUT
from pages.parts import escaped, typed
from pages.parts.node import page_links, words
from pages.parts.node.fields import DEFAULTS, Fields, kept, key, linked, written


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What was chosen, and what keeps it from becoming a node."""

    kind: OutputKind
    form: WorkflowForm
    choices: NodeChoices
    problems: tuple[ChoiceProblem, ...] = ()
    cautions: tuple[ChoiceProblem, ...] = ()


def draw() -> Chosen:
    """Draw the fields of the chosen kind and return what was chosen."""
    kind = words.KINDS[
        st.pills(
            "What do you need?",
            list(words.KINDS),
            default=page_links.ONE_NODE,
            required=True,
            wrap=True,
            **linked("kind"),
        )
    ]
    escaped.paragraph(KIND_ABOUT[kind], small=True)
    form = _form(kind)
    fields = Fields()
    if kind is OutputKind.ERROR_WORKFLOW:
        _report(fields)
    else:
        _model(fields, kind)
    if kind is not OutputKind.CURL:
        _version(fields)
    if kind is not OutputKind.ERROR_WORKFLOW:
        _more(fields, kind)
    choices = NodeChoices(**fields.values)
    refusals = problems(choices)
    for each in refusals:
        if each.field in fields.notes:
            with fields.notes[each.field]:
                escaped.paragraph(each.reason, lead="Problem:", small=True)
    return Chosen(kind=kind, form=form, choices=choices, problems=refusals, cautions=cautions(choices))


def _form(kind: OutputKind) -> WorkflowForm:
    if kind in (OutputKind.CLIPBOARD, OutputKind.CURL):
        return WorkflowForm.CLIPBOARD
    label = "How does it go into n8n?"
    return words.FORMS[
        st.pills(
            label,
            list(words.FORMS),
            default=next(iter(words.FORMS)),
            required=True,
            wrap=True,
            **linked("form"),
        )
    ]


def _model(fields: Fields, kind: OutputKind) -> None:
    today = dt.datetime.now(dt.UTC).date()
    offered = _offered(today)
    ended = _follow_link(offered, today)
    shown = st.selectbox(
        words.LABELS["model"],
        list(offered),
        **linked("model"),
    )
    other = st.session_state.get(key("other_model"), "").strip()
    fields.take("model", other or offered[shown])
    if ended:
        escaped.paragraph(ended, small=True)
    if not other:
        _about_model(offered[shown], today)
    if kind is OutputKind.FALLBACK:
        second = st.selectbox(
            words.LABELS["second_model"],
            [words.SAME_MODEL, *offered],
            **kept("second_model", words.SAME_MODEL),
        )
        fields.take("second_model", None if second == words.SAME_MODEL else offered[second])
        fields.number("rounds", 1, node_choices.MAX_ROUNDS)
        fields.number("longest_wait_s", 1, 3600)
    if kind is not OutputKind.CURL:
        auth = st.radio(
            words.LABELS["auth"],
            list(words.AUTHS),
            **linked("auth"),
        )
        fields.take("auth", words.AUTHS[auth])
        # Not as captions of the radio: Streamlit draws those too pale to read.
        escaped.paragraph(words.ABOUT_AUTHS, small=True)


def _offered(today: dt.date) -> dict[str, str]:
    """Return what the list of models shows, with each one's id: the usual one, then the newest first.

    Retired models are not in it. The usual one is first since the address leaves out the first of a list.
    """
    usable = sorted(catalogue.load().usable(today), key=lambda each: each.model.id != DEFAULTS.model)
    return {f"{each.model.id}{words.ENDS_SOON if each.retiring else ''}": each.model.id for each in usable}


def _follow_link(offered: dict[str, str], today: dt.date) -> str:
    """Choose the model that a link names by its id; for a retired one its successor, with a sentence that says so."""
    model_id = st.query_params.get("model", "")
    models = catalogue.load()
    known = models.find(model_id)
    if known is None or model_id in offered:
        return ""
    instead = [known.id, *models.instead(known.id, today)]
    label = next((label for wanted in instead for label, model in offered.items() if model == wanted), None)
    if label is not None:
        # This stays where the address has no label of the list.
        st.session_state["model"] = label
    if models.state(model_id, today) is ModelState.RETIRED:
        return f"The link asked for {model_id}: {models.describe_state(model_id, today)}."
    return ""


def _about_model(model_id: str, today: dt.date) -> None:
    models = catalogue.load()
    model = models.find(model_id)
    if model is not None:
        state = models.describe_state(model_id, today)
        only = "" if model.access is Availability.OPEN else f" {AVAILABILITY[model.access]}"
        escaped.paragraph(f"{model.name}: {state}.{only}", small=True)


def _version(fields: Fields) -> None:
    version = typed.line_in_address(
        words.LABELS["n8n_version"],
        name="n8n",
        key=key("n8n_version"),
        fits=lambda text: versions.parse(text) is not None,
        placeholder="2.41.1",
        max_chars=12,
        help="In n8n you find it under Help → About n8n. Leave it empty for 1.50 and later.",
    ).strip()
    fields.take("n8n_version", version or None)


def _report(fields: Fields) -> None:
    targets = list(words.TARGETS)
    to = words.TARGETS[st.selectbox(words.LABELS["report_to"], targets, **kept("report_to", targets[0]))]
    fields.take("report_to", to)
    if to is ReportTo.INTAKE:
        chosen = settings()
        fields.values["report_url"] = f"{chosen.base_url}/api/intake" if chosen.base_url else None
        if chosen.intake_token is None:
            escaped.paragraph(
                "This portal does not take reports yet. Its admin turns that on with a token (RECONNECT_INTAKE_TOKEN).",
                lead="Good to know:",
                small=True,
            )
        return
    url = typed.line(words.LABELS["report_url"], say=False, placeholder="Put it in later, in n8n", **kept("report_url"))
    fields.take("report_url", url.strip() or None)
    escaped.paragraph("Anyone who has the address of a chat can write to it, so add it later, in n8n.", small=True)


def _more(fields: Fields, kind: OutputKind) -> None:
    with st.expander("The prompt and the answer"):
        _prompt(fields, kind)
    if kind in (OutputKind.CLIPBOARD, OutputKind.WORKFLOW):
        with st.expander("If the call fails"):
            _failing(fields)
    with st.expander("Address, versions and names"):
        _address(fields, kind)
    with st.expander("More settings of the model"):
        _parameters(fields)


def _prompt(fields: Fields, kind: OutputKind) -> None:
    if kind in (OutputKind.CLIPBOARD, OutputKind.WORKFLOW, OutputKind.FALLBACK):
        help_ = "Plain words, or an expression such as {{ $json.prompt }}. Quotes and line breaks are safe."
        fields.take("prompt", typed.box(words.LABELS["prompt"], height=80, help=help_, **written("prompt")))
    if kind in (OutputKind.WORKFLOW, OutputKind.FALLBACK, OutputKind.CURL):
        fields.take("sample_prompt", typed.line(words.LABELS["sample_prompt"], **written("sample_prompt")))
    fields.take("system", typed.box(words.LABELS["system"], height=80, **written("system")))
    fields.number("max_tokens", 1, 1_000_000)


def _failing(fields: Fields) -> None:
    ways = list(words.ON_ERRORS)
    way = st.radio(words.LABELS["on_error"], ways, **kept("on_error", ways[0]))
    fields.take("on_error", words.ON_ERRORS[way])
    escaped.paragraph(
        "n8n has a third way, Continue. It is left out: the run would stay green, and the error would pass for an "
        "answer.",
        small=True,
    )
    fields.number("tries", 1, node_choices.MAX_TRIES)
    fields.number("wait_between_tries_ms", 0, node_choices.MAX_WAIT_MS)


def _address(fields: Fields, kind: OutputKind) -> None:
    help_ = "Leave it as it is, unless your company has a gateway of its own. Write only what comes before /v1."
    fields.take("base_url", typed.line(words.LABELS["base_url"], help=help_, **written("base_url")).strip())
    typed.line("Another model id (for a gateway, or a new model)", **written("other_model", ""))
    versions = list(reversed(catalogue.load().api_versions))
    fields.take(
        "anthropic_version",
        st.selectbox(words.LABELS["anthropic_version"], versions, **kept("anthropic_version")),
    )
    workspace = typed.line(words.LABELS["workspace_id"], **written("workspace_id", ""))
    fields.take("workspace_id", workspace.strip() or None)
    fields.number("timeout_s", 1, 3600)
    if kind in (OutputKind.CLIPBOARD, OutputKind.WORKFLOW):
        fields.take("node_name", typed.line(words.LABELS["node_name"], **written("node_name")).strip())
    if kind is not OutputKind.CURL:
        name = typed.line(words.LABELS["credential_name"], **written("credential_name", ""))
        fields.take("credential_name", name.strip() or None)


def _parameters(fields: Fields) -> None:
    """Draw the parameters that not every model takes; what this one refuses cannot be chosen."""
    model, version = fields.values["model"], fields.values["anthropic_version"]
    refused = refused_parameters(model, version)
    for name, most, step in (("temperature", 1.0, 0.1), ("top_p", 1.0, 0.05), ("top_k", 1_000_000, 1)):
        number = st.number_input(
            words.LABELS[name],
            min_value=type(most)(0),
            max_value=most,
            value=None,
            step=step,
            placeholder="not sent",
            disabled=name in refused,
            **kept(name, None),
        )
        fields.take(name, None if name in refused else number)
    _thinking(fields, refused)
    effort = st.selectbox(
        words.LABELS["effort"],
        [words.BY_ITSELF, *node_choices.EFFORTS],
        disabled="effort" in refused,
        **kept("effort", words.BY_ITSELF),
    )
    fields.take("effort", None if "effort" in refused or effort == words.BY_ITSELF else effort)
    if refused:
        escaped.paragraph("", lead="Why some of these cannot be chosen:", small=True)
        escaped.bullets(refused.values())


def _thinking(fields: Fields, refused: Collection[str]) -> None:
    modes = {label: mode for label, mode in words.THINKING_MODES.items() if f"thinking.{mode}" not in refused}
    if st.session_state.get(key("thinking")) not in modes:
        # Another model was chosen since.
        st.session_state[key("thinking")] = words.BY_ITSELF
    mode = modes[st.selectbox(words.LABELS["thinking"], list(modes), **kept("thinking", words.BY_ITSELF))]
    fields.take("thinking", mode)
    if mode is ThinkingMode.ENABLED:
        fields.number("thinking_budget", 1024, 1_000_000, 1024)
