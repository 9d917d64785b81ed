"""What a person chooses for a node that calls Claude, and why some choices are refused.

`NodeChoices` holds the choices as made; `problems` says in plain sentences why they cannot become a node, `cautions`
what is allowed but will cause trouble later, and `refused_parameters` which parameters the chosen model does not take,
so that a page can switch them off and say why. `checked` raises the first problem.

A key is never accepted: any text in which redaction finds a secret is refused, whatever the field.

`ChoiceRefusedError` is the only error.
"""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec
import re2

from core.models.catalogue import STABLE_VERSION, Catalogue, ModelState, Rules, Sampling, ThinkingMode, load
from core.n8n import urls
from core.n8n.expressions import ExpressionRefusedError, to_javascript
from core.n8n.type_versions import UnknownVersionError, for_n8n
from core.redaction import redact

DEFAULT_MODEL: Final = "claude-sonnet-5"
"""The default model of n8n 2.41.1's own chat model node; open to every organization until at least June 2027."""

REPORT_PLACEHOLDER: Final = "https://reconnect.example.com/api/intake"
CHAT_PLACEHOLDER: Final = "https://chat.example.com/put-the-webhook-address-here"
EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
MAX_TRIES: Final = 5
MAX_WAIT_MS: Final = 5000
"""n8n's own limits for Retry On Fail: at most 5 tries, at most 5,000 ms between them (n8n-core 2.41.1)."""

MAX_ROUNDS: Final = 10
_MASK: Final = re2.compile(r"\[[^\[\]\n]{2,60} #[0-9a-f]{6}\]")
"""A mask that redaction wrote over a secret; a node that holds one would not work."""
_TOKENISH: Final = re2.compile(r"[A-Za-z0-9_-]{20,}")
_NAME: Final = re2.compile(r"^[^\x00-\x1f\x7f]{1,80}$")
_MODEL_ID: Final = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$")


class Auth(StrEnum):
    """Which n8n credential the node uses."""

    HEADER = "header"  # Header Auth with the name x-api-key
    PREDEFINED = "predefined"  # the Anthropic credential of the built-in nodes


class OnError(StrEnum):
    """What happens when the call fails.

    n8n's third option, "Continue", is not offered: the run stays green and the failure looks like data.
    """

    STOP = "stop"
    ERROR_OUTPUT = "error_output"


class ReportTo(StrEnum):
    """Where the error workflow sends its report."""

    INTAKE = "intake"  # a Reconnect portal, with a Header Auth credential
    SLACK = "slack"  # and every chat that takes {"text": ...}: Teams, Google Chat, Mattermost, Rocket.Chat
    DISCORD = "discord"  # {"content": ...}


class NodeChoices(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be chosen; the defaults give a node that works.

    `prompt` and `system` are written as in n8n: text with ``{{ }}`` holes, or an expression such as ``$json.prompt``.
    `sample_prompt` is what the generated workflows and curl ask.
    """

    model: str = DEFAULT_MODEL
    auth: Auth = Auth.HEADER
    base_url: str = urls.ANTHROPIC
    anthropic_version: str = STABLE_VERSION
    max_tokens: int = 1024
    system: str = ""
    prompt: str = "{{ $json.prompt }}"
    sample_prompt: str = 'Say "hello" in one line.'
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    thinking: ThinkingMode | None = None
    thinking_budget: int | None = None  # tokens, with thinking "enabled"
    effort: str | None = None
    workspace_id: str | None = None  # for identity-linked keys
    timeout_s: int = 300  # n8n's own default
    tries: int = 1  # 1 = no retry
    wait_between_tries_ms: int = 2000
    on_error: OnError = OnError.STOP
    n8n_version: str | None = None
    node_name: str = "Call Claude"
    credential_name: str | None = None  # the name of a credential that exists in the user's n8n
    # the fallback workflow
    second_model: str | None = None  # None: the same model, with whatever credential is picked there
    rounds: int = 3  # how often the first node is called before the second one
    longest_wait_s: int = 120  # a longer retry-after goes to the second node at once
    # the error workflow
    report_to: ReportTo = ReportTo.INTAKE
    report_url: str | None = None

    @property
    def report_address(self) -> str:
        """Where reports go; a placeholder to be replaced in n8n where none was chosen."""
        return self.report_url or (REPORT_PLACEHOLDER if self.report_to is ReportTo.INTAKE else CHAT_PLACEHOLDER)


class ChoiceProblem(msgspec.Struct, frozen=True):
    """A choice that is refused, or only advised against, and the reason in a plain sentence."""

    field: str
    reason: str


class ChoiceRefusedError(ValueError):
    """A choice is refused; `field` is its name, the message a plain sentence."""

    def __init__(self, problem: ChoiceProblem) -> None:
        super().__init__(problem.reason)
        self.field = problem.field


def checked(choices: NodeChoices, today: dt.date | None = None) -> NodeChoices:
    """Return the choices if they can become a node; raises `ChoiceRefusedError` with the first problem."""
    for problem in _problems(choices, today or _today()):
        raise ChoiceRefusedError(problem)
    return choices


def problems(choices: NodeChoices, today: dt.date | None = None) -> tuple[ChoiceProblem, ...]:
    """Return every reason why these choices cannot become a node."""
    return tuple(_problems(choices, today or _today()))


def cautions(choices: NodeChoices, today: dt.date | None = None) -> tuple[ChoiceProblem, ...]:
    """Return what is allowed but risky: a model that ends soon, or one that the catalogue does not know."""
    catalogue, day = load(), today or _today()
    models = (("model", choices.model), ("second_model", choices.second_model))
    return tuple(
        ChoiceProblem(field, f"{model}: {catalogue.describe_state(model, day)}.")
        for field, model in models
        if model and catalogue.state(model, day) in (ModelState.DEPRECATED, ModelState.NEVER_EXISTED)
    )


def refused_parameters(model: str, anthropic_version: str = STABLE_VERSION) -> dict[str, str]:
    """Return the parameters that a model refuses whatever their value, each with the reason.

    Keys are names of `NodeChoices` fields, and ``thinking.<mode>`` for the thinking modes. Unknown models refuse
    nothing that we know of.
    """
    rules = load().rules(model, anthropic_version)
    if rules is None:
        return {}
    refused: dict[str, str] = {}
    if rules.sampling is Sampling.NONE:
        default_rules = load().rules(model)
        is_by_version = default_rules is not None and default_rules.sampling is not Sampling.NONE
        refuser = f"anthropic-version {anthropic_version}" if is_by_version else model
        refused |= {name: f"{refuser} no longer takes {name} (400)." for name in ("temperature", "top_p", "top_k")}
    refused |= {
        f"thinking.{mode}": _thinking_reason(model, mode, rules) for mode in ThinkingMode if mode not in rules.thinking
    }
    if not rules.effort:
        refused["effort"] = f"{model} does not support the effort parameter (400)."
    return refused


def _problems(choices: NodeChoices, today: dt.date) -> Iterator[ChoiceProblem]:
    yield from _secrets(choices)
    yield from _texts(choices)
    yield from _numbers(choices)
    catalogue = load()
    for field, model in (("model", choices.model), ("second_model", choices.second_model)):
        if model is not None:
            yield from _model(choices, field, model, catalogue, today)


def _secrets(choices: NodeChoices) -> Iterator[ChoiceProblem]:
    for field in NodeChoices.__struct_fields__:
        value = getattr(choices, field)
        if not isinstance(value, str):
            continue
        hidden = redact(value).hidden
        mask = _MASK.search(value)
        if hidden or mask:
            kind = hidden[0].kind.value if hidden else f"hidden as {mask.group()}"
            yield ChoiceProblem(
                field,
                f"This looks like a secret ({kind}). A node is copied, exported and shared, so no key "
                "is ever written into it. Keep it in an n8n credential.",
            )
        elif field == "report_url" and _TOKENISH.search(urlsplit(value).path + "?" + urlsplit(value).query):
            yield ChoiceProblem(
                field,
                "This address has a secret part: anyone who has it can write to your chat. Leave it out here and put "
                "it into the node in n8n.",
            )


def _texts(choices: NodeChoices) -> Iterator[ChoiceProblem]:
    if fault := urls.base_fault(choices.base_url):
        yield ChoiceProblem("base_url", urls.SENTENCES[fault])
    if choices.report_url is not None and (fault := urls.base_fault(choices.report_url)) not in (
        None,
        urls.UrlFault.DOUBLED,
    ):
        yield ChoiceProblem("report_url", urls.SENTENCES[fault])
    published = load().api_versions
    if choices.anthropic_version not in published:
        yield ChoiceProblem(
            "anthropic_version", f"Anthropic has published the versions {', '.join(published)}; this is none of them."
        )
    for field in ("prompt", "system"):
        try:
            to_javascript(getattr(choices, field))
        except ExpressionRefusedError as error:
            yield ChoiceProblem(field, str(error))
    if not choices.prompt.strip():
        yield ChoiceProblem("prompt", "The prompt is empty; Anthropic refuses an empty message (400).")
    if not choices.sample_prompt.strip():
        yield ChoiceProblem("sample_prompt", "The sample prompt is empty; Anthropic refuses an empty message (400).")
    for field in ("node_name", "credential_name", "workspace_id"):
        value = getattr(choices, field)
        if value is not None and (
            not _NAME.match(value) or not value.strip() or "{{" in value or value.startswith("=")
        ):
            yield ChoiceProblem(field, "A name has 1 to 80 characters on one line, and no {{.")
    try:
        for_n8n(choices.n8n_version)
    except UnknownVersionError as error:
        yield ChoiceProblem("n8n_version", str(error))


def _numbers(choices: NodeChoices) -> Iterator[ChoiceProblem]:
    limits = {
        "max_tokens": (1, 1_000_000),
        "timeout_s": (1, 3600),
        "tries": (1, MAX_TRIES),
        "wait_between_tries_ms": (0, MAX_WAIT_MS),
        "rounds": (1, MAX_ROUNDS),
        "longest_wait_s": (1, 3600),
        "temperature": (0, 1),
        "top_p": (0, 1),
        "top_k": (0, 1_000_000),
        "thinking_budget": (1024, 1_000_000),
    }
    for field, (low, high) in limits.items():
        value = getattr(choices, field)
        if value is not None and not low <= value <= high:
            yield ChoiceProblem(field, f"{field} lies between {low:,} and {high:,}.")
    if choices.effort is not None and choices.effort not in EFFORTS:
        yield ChoiceProblem("effort", f"effort is one of {', '.join(EFFORTS)}.")
    if choices.thinking is ThinkingMode.ENABLED and choices.thinking_budget is None:
        yield ChoiceProblem(
            "thinking_budget", "Thinking of the kind “enabled” needs a budget of at least 1,024 tokens."
        )
    if choices.thinking is not ThinkingMode.ENABLED and choices.thinking_budget is not None:
        yield ChoiceProblem("thinking_budget", "A thinking budget goes only with thinking “enabled”.")
    if choices.thinking_budget is not None and choices.thinking_budget >= choices.max_tokens:
        yield ChoiceProblem("thinking_budget", "The thinking budget has to be smaller than max_tokens.")


def _model(
    choices: NodeChoices, field: str, model: str, catalogue: Catalogue, today: dt.date
) -> Iterator[ChoiceProblem]:
    if not _MODEL_ID.match(model):
        yield ChoiceProblem(field, "A model id has letters, digits and hyphens only, such as claude-sonnet-5.")
        return
    if catalogue.state(model, today) is ModelState.RETIRED:
        yield ChoiceProblem(field, f"{model}: {catalogue.describe_state(model, today)}. Every call to it fails (404).")
        return
    catalogue_model = catalogue.find(model)
    if (
        catalogue_model is not None
        and catalogue_model.max_output is not None
        and choices.max_tokens > catalogue_model.max_output
    ):
        yield ChoiceProblem(
            "max_tokens",
            f"{model} gives at most {catalogue_model.max_output:,} tokens; a higher max_tokens is refused (400).",
        )
    rules = catalogue.rules(model, choices.anthropic_version)
    if rules is not None:
        yield from _parameters(choices, model, rules)


def _parameters(choices: NodeChoices, model: str, rules: Rules) -> Iterator[ChoiceProblem]:
    refused = refused_parameters(model, choices.anthropic_version)
    for name in ("temperature", "top_p", "top_k", "effort"):
        if getattr(choices, name) is not None and name in refused:
            yield ChoiceProblem(name, refused[name])
    thinking = choices.thinking
    if thinking is not None and f"thinking.{thinking}" in refused:
        yield ChoiceProblem("thinking", refused[f"thinking.{thinking}"])
    if rules.sampling is Sampling.ONE_OF_TEMPERATURE_TOP_P and None not in (choices.temperature, choices.top_p):
        yield ChoiceProblem("top_p", f"{model} takes temperature or top_p, not both (400).")
    thinks = thinking in (ThinkingMode.ENABLED, ThinkingMode.ADAPTIVE)
    if (
        thinks
        and rules.sampling is not Sampling.NONE
        and (choices.temperature not in (None, 1) or choices.top_k is not None)
    ):
        yield ChoiceProblem(
            "temperature", "With thinking switched on, temperature can only be 1 and top_k has to be left out (400)."
        )
    quiet = thinking in (ThinkingMode.DISABLED, ThinkingMode.BETWEEN_TOOLS)
    ceiling = rules.effort_without_thinking
    if quiet and ceiling and choices.effort in EFFORTS and EFFORTS.index(choices.effort) > EFFORTS.index(ceiling):
        yield ChoiceProblem("effort", f"{model} takes an effort above “{ceiling}” only while it thinks (400).")


def _thinking_reason(model: str, mode: ThinkingMode, rules: Rules) -> str:
    if mode is ThinkingMode.DISABLED and rules.always_thinks:
        return f"{model} always thinks; thinking cannot be switched off (400)."
    others = [other.value for other in rules.thinking]
    use = f" It takes {' or '.join(others)}." if others else ""
    return f"{model} does not take thinking of the kind “{mode}” (400).{use}"


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
