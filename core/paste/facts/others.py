"""Whose failure a text tells of where it names Claude nowhere: another vendor's, or a service's beside the model."""

from collections.abc import Iterator
from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.facts.lines import weight, without_afterword
from core.paste.facts.node_types import provider_in
from core.paste.facts.prose import is_told
from core.paste.failure import AnsweredBy, Surface

_VENDORS: Final = re2.compile(
    r"(?i)\b(openai|azure openai|gemini|groq|mistral|openrouter|cohere|deepseek|ollama|perplexity|hugging ?face"
    r"|grok|xai)\b"
)
_SERVICES: Final = re2.compile(
    r"(?i)\b(?:pinecone|qdrant|weaviate|supabase|airtable|notion|hubspot|salesforce|shopify|stripe|telegram|whatsapp"
    r"|slack|discord|gmail|google (?:sheets|drive|calendar|docs)|jira|zendesk|freshdesk|twilio|sendgrid|mailchimp"
    r"|linkedin|instagram|facebook|youtube|elevenlabs|apify|serpapi|tavily|firecrawl|zapier|woocommerce|wordpress)"
    r"(?: api)?:? (?:\w+ ){0,3}(?:error|returns?|returned|fails?|failed|failing|[45]\d\d)\b"
)
"""Services that are called beside a model, named beside the failing."""
_OWN_SERVICE: Final = re2.compile(r"(?i)\bcall(?:s|ing)? (?:our|my) own \w")


def learn_others(drafts: list[Draft], text: str) -> None:
    """Where a text names another vendor and Claude nowhere, the failure is that vendor's."""
    lowered = text.lower()
    if "claude" in lowered or "anthropic" in lowered or "x-api-key" in lowered:
        return
    words = without_afterword(text) if _VENDORS.search(text) else ""
    if (" own " in lowered and _OWN_SERVICE.search(text)) or _SERVICES.search(text):
        for draft in drafts:
            draft.learn(surface=Surface.OTHER_NODE)
    for draft in drafts:
        if draft.model is not None or draft.answered_by is AnsweredBy.ANTHROPIC:
            continue
        named = _VENDORS.search(words) or next(_vendors_of(draft), None)
        if named:
            draft.learn(provider=provider_in(named.group(1)))


def _vendors_of(draft: Draft) -> Iterator["re2._Match[str]"]:
    """Yield the vendors that the lines name which tell of the failing."""
    for text in (draft.message or "", *draft.also):
        if _VENDORS.search(text):
            lines = (line for line in text.split("\n") if weight(line) > 0 and not is_told(line))
            yield from filter(None, map(_VENDORS.search, lines))
