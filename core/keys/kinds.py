"""Whose key a text is, by its form alone, without network.

Forms come from secret scanners and vendors' documentation (gitleaks b58d3f1, July 2026; TruffleHog 3ab759f, August
2026; Anthropic's authentication pages, August 2026). Lengths are the scanners', not Anthropic's, so a length that does
not fit is a warning and never a reason to refuse.
"""

from enum import StrEnum
from typing import Final

import msgspec
import re2

from core.paste.failure import Provider


class KeyKind(StrEnum):
    """What a text is in a field for an Anthropic API key."""

    ANTHROPIC_API = "anthropic_api"  # sk-ant-api03-
    ANTHROPIC_ADMIN = "anthropic_admin"  # sk-ant-admin01-
    ANTHROPIC_ENTERPRISE = "anthropic_enterprise"  # sk-ant-api01-, Enterprise and Compliance keys
    ANTHROPIC_OAUTH = "anthropic_oauth"  # sk-ant-oat01-, a subscription's or a federation's access token
    ANTHROPIC_REFRESH = "anthropic_refresh"  # sk-ant-ort01-
    ANTHROPIC_SESSION = "anthropic_session"  # sk-ant-sid01-, the cookie of claude.ai
    ANTHROPIC_OTHER = "anthropic_other"  # sk-ant- with another or no kind: older keys, newer kinds
    OTHER_VENDOR = "other_vendor"
    IDENTIFIER = "identifier"  # a workspace, request, message or organization id: no secret at all
    N8N_API = "n8n_api"  # a JWT, as n8n's own API keys are
    UNKNOWN = "unknown"


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """One known form of key: its kind, its owner, a name to show, and how many characters it has when that is known."""

    kind: KeyKind
    label: str
    provider: Provider | None = None
    length: int | None = None


_FORMS: Final = tuple(
    (re2.compile(pattern), form)
    for pattern, form in (
        (
            r"^sk-ant-api03-",
            KeyForm(kind=KeyKind.ANTHROPIC_API, label="Anthropic API key", provider=Provider.ANTHROPIC, length=108),
        ),
        (
            r"^sk-ant-admin\d\d-",
            KeyForm(kind=KeyKind.ANTHROPIC_ADMIN, label="Anthropic Admin key", provider=Provider.ANTHROPIC, length=110),
        ),
        (
            r"^sk-ant-api01-",
            KeyForm(
                kind=KeyKind.ANTHROPIC_ENTERPRISE, label="Claude Enterprise access key", provider=Provider.ANTHROPIC
            ),
        ),
        (
            r"^sk-ant-oat\d\d-",
            KeyForm(
                kind=KeyKind.ANTHROPIC_OAUTH,
                label="Claude subscription token (OAuth)",
                provider=Provider.ANTHROPIC,
            ),
        ),
        (
            r"^sk-ant-ort\d\d-",
            KeyForm(kind=KeyKind.ANTHROPIC_REFRESH, label="Claude refresh token", provider=Provider.ANTHROPIC),
        ),
        (
            r"^sk-ant-sid\d\d-",
            KeyForm(kind=KeyKind.ANTHROPIC_SESSION, label="claude.ai session cookie", provider=Provider.ANTHROPIC),
        ),
        (
            r"^sk-ant-",
            KeyForm(kind=KeyKind.ANTHROPIC_OTHER, label="Anthropic key of another form", provider=Provider.ANTHROPIC),
        ),
        (
            r"^sk-or-v1-",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="OpenRouter key", provider=Provider.OPENROUTER, length=73),
        ),
        (
            r"^sk-(?:proj|svcacct|service|admin)-|T3BlbkFJ",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="OpenAI key", provider=Provider.OPENAI),
        ),
        (
            r"^AIza[\w-]{30,}$",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Google AI key", provider=Provider.GOOGLE, length=39),
        ),
        (r"^gsk_", KeyForm(kind=KeyKind.OTHER_VENDOR, label="Groq key", provider=Provider.GROQ, length=56)),
        (r"^xai-", KeyForm(kind=KeyKind.OTHER_VENDOR, label="xAI key", provider=Provider.XAI, length=84)),
        (
            r"^pplx-",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Perplexity key", provider=Provider.PERPLEXITY, length=53),
        ),
        (
            r"^hf_",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Hugging Face token", provider=Provider.HUGGINGFACE, length=37),
        ),
        (
            r"^(?:ABSK[A-Za-z0-9+/]{40,}={0,2}$|bedrock-api-key-)",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Amazon Bedrock key", provider=Provider.AWS),
        ),
        (
            r"^(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="AWS access key id", provider=Provider.AWS, length=20),
        ),
        (
            r"^sk-[a-f0-9]{32}$",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="DeepSeek key", provider=Provider.DEEPSEEK, length=35),
        ),
        (
            r"^sk-",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="key of another service (sk-...)", provider=Provider.OTHER),
        ),
        (r"^eyJ[\w-]+\.[\w-]+\.[\w-]*$", KeyForm(kind=KeyKind.N8N_API, label="n8n API key or another JWT")),
        (
            r"^(?:wrkspc|svac|fdrl|req|msg|file|org|apikey)_\w+$"
            r"|^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
            KeyForm(kind=KeyKind.IDENTIFIER, label="identifier, not a key"),
        ),
        (
            r"^[0-9a-f]{32}$",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Azure key (32 hex digits)", provider=Provider.AZURE, length=32),
        ),
        (
            r"^[A-Za-z0-9]{40}$",
            KeyForm(kind=KeyKind.OTHER_VENDOR, label="Cohere key", provider=Provider.COHERE, length=40),
        ),
    )
)
"""In the order of matching: every specific `sk-` form precedes the general one."""

UNKNOWN_FORM: Final = KeyForm(kind=KeyKind.UNKNOWN, label="text of no known form")


def form_of(text: str) -> KeyForm:
    """Return the form that `text` has; `text` is the key alone, without quotes or prefixes."""
    plain = text.encode("ascii", "replace").decode()
    return next((form for pattern, form in _FORMS if pattern.search(plain)), UNKNOWN_FORM)
