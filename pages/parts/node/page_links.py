"""Links to the pages that make and check a node, and the names of their states in the address."""

from typing import Final

from pages.parts import links
from pages.parts.links import PortalPage

ONE_NODE: Final = "One node"
SELF_TEST: Final = "Self-test"
FALLBACK: Final = "Fallback"
"""Kinds as the address names them; they are the words on the page too."""

_MADE_RIGHT: Final = frozenset(
    {
        "code_node_credentials",
        "missing_key_header",
        "wrong_auth_header",
        "missing_version_header",
        "workspace_id_required",
        "retired_model",
        "doubled_path",
        "wrong_path",
        "body_not_json",
        "request_field_missing",
        "param_deprecated_for_model",
        "sampling_params_conflict",
        "thinking_config",
        "max_tokens_too_large",
        "streaming_required",
    }
)
"""Causes that lie in how a node is set: one that is made anew does not have them."""

_WAITED_OUT: Final = frozenset({"rate_limited", "overloaded", "anthropic_server_error", "upstream_gateway_error"})
_SEEN_FROM_N8N: Final = frozenset(
    {
        "connection_error_unspecified",
        "connection_refused",
        "connection_reset",
        "dns_failure",
        "timeout",
        "tls_untrusted",
        "tls_expired",
        "proxy_blocked",
        "proxy_auth_required",
        "unexpected_response",
        "detail_lost",
    }
)
"""Causes on which a test from inside n8n says more than the error did."""


def beside(cause: str) -> None:
    """The link that helps with a cause, if one does."""
    if cause in _MADE_RIGHT:
        make()
    elif cause in _WAITED_OUT:
        make(FALLBACK, label="Get a workflow that waits and tries again")
    elif cause in _SEEN_FROM_N8N:
        make(SELF_TEST, label="Test it from inside your n8n")


def make(
    kind: str = ONE_NODE,
    *,
    label: str = "Get a node that works",
    model: str | None = None,
    icon: str = ":material/add_box:",
) -> None:
    """A link to the page that makes a node, with a kind and a model chosen."""
    chosen = {"kind": kind} if kind != ONE_NODE else {}
    with_model = {"model": model} if model else {}
    links.to(PortalPage.NODE, label, icon=icon, query={**chosen, **with_model})


def check() -> None:
    """A link to the page that checks a node."""
    links.to(PortalPage.CHECK_NODE, "Check my node", icon=":material/fact_check:")
