"""The kinds of secret that redaction tells apart, and what it reports about them."""
# ruff: noqa: S105 - these are kinds, not passwords

import functools
from enum import StrEnum
from typing import Final

import msgspec


class SecretKind(StrEnum):
    """What was hidden; the value is the text inside the mask, which readers use as a fact about the secret."""

    ANTHROPIC_API_KEY = "Anthropic API key"  # sk-ant-api03-
    ANTHROPIC_ADMIN_KEY = "Anthropic Admin key"  # sk-ant-admin01-
    ANTHROPIC_ENTERPRISE_KEY = "Anthropic Enterprise key"  # sk-ant-api01-, the Compliance Access key
    ANTHROPIC_OAUTH_TOKEN = "Anthropic OAuth token"  # sk-ant-oat01-
    ANTHROPIC_REFRESH_TOKEN = "Anthropic refresh token"  # sk-ant-ort01-
    ANTHROPIC_SESSION_KEY = "Anthropic session key"  # sk-ant-sid01-, the cookie of claude.ai
    ANTHROPIC_SECRET = "Anthropic secret"  # any other sk-ant-
    OPENAI_KEY = "OpenAI key"
    OPENROUTER_KEY = "OpenRouter key"
    GOOGLE_KEY = "Google key"
    GROQ_KEY = "Groq key"
    XAI_KEY = "xAI key"
    PERPLEXITY_KEY = "Perplexity key"
    HUGGING_FACE_TOKEN = "Hugging Face token"
    AWS_KEY = "AWS key"
    BEDROCK_KEY = "Bedrock key"
    SK_KEY = "sk key"  # any other sk-: LiteLLM's virtual keys, DeepSeek, many gateways
    PRIVATE_KEY = "private key"  # PEM
    SERVICE_KEY = "service key"  # of any other vendor: vendors.toml
    N8N_ENCRYPTED = "encrypted n8n data"  # U2FsdGVkX1, "Salted__" in base64
    JWT = "JWT"  # also n8n's own API keys
    WEBHOOK_URL = "webhook URL"  # the secret part of a Slack, Discord or Teams address
    N8N_ENCRYPTION_KEY = "n8n encryption key"
    URL_CREDENTIALS = "URL credentials"
    BASIC_AUTH = "basic auth"
    BEARER_TOKEN = "bearer token"
    COOKIE = "cookie"
    PASSWORD = "password"
    TOKEN = "token"
    SECRET = "secret"  # something after a name that holds secrets


KEYS: Final = frozenset(SecretKind) - {SecretKind.N8N_ENCRYPTED, SecretKind.TOKEN, SecretKind.SECRET}
"""What a person would call a key or password, and may want to replace after others have seen it."""


class Hidden(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct secret: its kind, how many masks stand for it, and its salted fingerprint (6 hex digits)."""

    kind: SecretKind
    count: int
    fingerprint: str


class Redacted(msgspec.Struct, frozen=True, kw_only=True):
    """A text without its secrets, and what was hidden, in the order of first appearance."""

    text: str
    hidden: tuple[Hidden, ...]


class RedactionFailed(Exception):
    """Redaction could not finish, so nothing may be shown or kept; carries no text of the paste."""


def mask(kind: SecretKind, fingerprint: str) -> str:
    """Return the text that replaces a secret, such as ``[Anthropic API key #3fa9c1]``."""
    return f"[{kind.value} #{fingerprint}]"


@functools.cache
def mask_pattern() -> str:
    """Return the RE2 pattern of any mask."""
    return r"\[(?:" + "|".join(kind.value for kind in SecretKind) + r") #[0-9a-f]{6}\]"


ANTHROPIC_BY_TAG: Final = {
    "api03": SecretKind.ANTHROPIC_API_KEY,
    "api01": SecretKind.ANTHROPIC_ENTERPRISE_KEY,
    "admin": SecretKind.ANTHROPIC_ADMIN_KEY,
    "oat": SecretKind.ANTHROPIC_OAUTH_TOKEN,
    "ort": SecretKind.ANTHROPIC_REFRESH_TOKEN,
    "sid": SecretKind.ANTHROPIC_SESSION_KEY,
}
"""The kind of an Anthropic credential by what is between ``sk-ant-`` and the next dash, or its beginning."""


def anthropic_kind(tag: str) -> SecretKind:
    """Return the kind of an Anthropic secret by what follows ``sk-ant-``."""
    lowered = tag.lower()
    for start, kind in ANTHROPIC_BY_TAG.items():
        if lowered.startswith(start):
            return kind
    return SecretKind.ANTHROPIC_SECRET
