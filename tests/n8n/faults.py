"""The answers that the fake Anthropic API can give, and the cause that each should be diagnosed as.

Bodies, statuses and headers are Anthropic's documented or captured ones (facts of November 2026); the pages are those
of a Cloudflare challenge and of nginx.
"""

from dataclasses import dataclass, field
from typing import Final

_LIMIT: Final = (
    "Number of request tokens has exceeded your per-minute rate limit (https://docs.claude.com/en/api/rate-limits); "
    "see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or "
    "try again later."
)
_CREDIT: Final = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase "
    "credits."
)
_CHALLENGE: Final = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body><h2>Checking if the site '
    "connection is secure</h2><noscript>Enable JavaScript and cookies to continue</noscript>"
    "<!-- Cloudflare Ray ID: 9a1b2c3d4e5f6789 --></body></html>"
)
_BAD_GATEWAY: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Fault:
    """One way of failing: an Anthropic error (`kind`, `message`), another body, or no answer at all."""

    cause: str
    status: int = 200
    kind: str | None = None
    message: str | None = None
    page: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    everywhere: bool = False  # also for a request without a key: the network's fault, not the call's


FAULTS: Final = {
    "invalid": Fault("invalid_key", 401, "authentication_error", "invalid x-api-key"),
    "credit": Fault("credit_exhausted", 400, "invalid_request_error", _CREDIT),
    "limit": Fault(
        "spend_limit_reached",
        400,
        "invalid_request_error",
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
    ),
    "disabled": Fault("organization_disabled", 400, "invalid_request_error", "This organization has been disabled."),
    "permission": Fault(
        "key_lacks_permission",
        403,
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    "rl429": Fault("rate_limited", 429, "rate_limit_error", _LIMIT, headers={"retry-after": "1"}),
    "slow429": Fault("rate_limited", 429, "rate_limit_error", _LIMIT, headers={"retry-after": "3600"}),
    "e500": Fault("anthropic_server_error", 500, "api_error", "Internal server error"),
    "e529": Fault("overloaded", 529, "overloaded_error", "Overloaded"),
    "challenge": Fault("proxy_blocked", 403, page=_CHALLENGE, content_type="text/html; charset=UTF-8", everywhere=True),
    "e502": Fault("upstream_gateway_error", 502, page=_BAD_GATEWAY, content_type="text/html", everywhere=True),
    "portal": Fault(
        "unexpected_response",
        page="<html><body>Captive portal: please sign in</body></html>",
        content_type="text/html",
        everywhere=True,
    ),
    "garbage": Fault("unexpected_response", page='<<<not json>>> \x01\x02 {"id": "msg_'),
    "empty": Fault("unexpected_response", page=""),
    "reset": Fault("connection_reset", everywhere=True),
    "hang": Fault("timeout"),
}
"""By the name that ends the fake key; ``ok`` is an answer. A retired model needs no name: the fake knows the models."""
