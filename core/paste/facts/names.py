"""Names in a text: request id, organization, model, address and n8n version."""

from itertools import islice
from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.facts.node_types import provider_of_host, split_url
from core.paste.failure import Provider

_REQUEST_ID: Final = re2.compile(r"\b(req_[0-9A-Za-z]{8,40})\b")
_ORG: Final = re2.compile(r"\(org: ([0-9a-f-]{36})")
_URL: Final = re2.compile(r"https?://[^\s\"'<>\\)\]}]{3,300}")
_MODEL_ID: Final = re2.compile(
    r"(?i)(?:^|[^\w/.@-])((?:[a-z0-9-]{1,40}[./])*(?:[a-z]{2,6}\.)?claude[.-][a-z0-9][a-z0-9.@:-]{0,60}|claude-[a-z0-9.@:-]{1,60})"
)
_NOT_FOUND_MODEL: Final = re2.compile(r"(?i)^model: ?(\S{1,120})")
_N8N_VERSION: Final = re2.compile(
    r"(?i)n8n[ _-]?(?:version)?\s{0,4}[:=@ ]{0,3}\s{0,4}\"?v?(\d{1,2}\.\d{1,4}\.(?:\d{1,4}|x))"
)
_PASSED_ON: Final = "The model returned the following errors"
"""How Amazon Bedrock begins a sentence of the model's maker that it hands on (Bedrock, November 2026)."""
_MARKS: Final = ("](", "src=", "src='", 'src="', "href=", "href='", 'href="')
"""What Markdown and HTML write before the address of a picture or a link, which nobody called."""
_MARK_LENGTH: Final = max(map(len, _MARKS))
_NOT_A_CALL: Final = (
    "docs.langchain.com",
    "json-schema.org",
    "community.n8n.io",
    "/workflow/",
    "/executions/",
    "/execution/",
    "js.langchain.com",
    "docs.claude.com",
    "docs.anthropic.com",
    "docs.n8n.io",
    "github.com",
    "contact-sales",
    "www.",
    "platform.claude.com",
    "console.anthropic.com",
    "support.",
    "status.",
)


def learn_names(draft: Draft, text: str) -> None:
    """Learn request id, organization, model, URL and n8n version that a text names."""
    if "req_" in text and (match := _REQUEST_ID.search(text)):
        draft.learn(request_id=match.group(1))
    if "(org" in text and (match := _ORG.search(text)):
        draft.learn(organization_id=match.group(1))
    if text[:6].lower() == "model:" and (match := _NOT_FOUND_MODEL.search(text)):
        _learn_missing_model(draft, match.group(1).strip("`'\".,"), alone=match.end() == len(text.rstrip()))
    elif "claude" in text or "Claude" in text:
        match = _MODEL_ID.search(text)
        if match and any(char.isdigit() for char in match.group(1)):
            draft.learn(model=match.group(1).strip("`'\".,:"))
    if "://" in text:
        learn_url(draft, text)
    if _PASSED_ON in text:
        draft.learn(relayed=True)
    if "n8n" in text and (match := _N8N_VERSION.search(text)):
        draft.learn(n8n_version=match.group(1))


def _learn_missing_model(draft: Draft, name: str, *, alone: bool) -> None:
    """Learn the id behind Anthropic's "model: "; a person's "Model: Claude Sonnet 4.5" names none."""
    if alone or not name.isalpha():
        draft.learn(model=name)


def learn_url(draft: Draft, text: str) -> None:
    """Learn the called address: the first URL that is not a documentation link."""
    for match in islice(_URL.finditer(text[:20_000]), 8):
        address = match.group()
        shown = text[max(match.start() - _MARK_LENGTH, 0) : match.start()].endswith(_MARKS)
        if not shown and not any(host in address for host in _NOT_A_CALL):
            host, path = split_url(address)
            draft.learn(url=address.rstrip(".,"), host=host, path=path)
            # Only Anthropic's: gateways' messages hold other vendors' links too.
            if provider_of_host(host or "") is Provider.ANTHROPIC:
                draft.learn(provider=Provider.ANTHROPIC)
            return
