"""What the headers of an answer say: the request's number, how long to wait, whose account, and a relay's marks."""

from typing import Final

from core.paste.draft import Draft
from core.paste.facts.relays import is_relays_header

KEY_HEADERS: Final = ("x-api-key", "authorization", "api-key")
"""The headers of a request that carry a key."""


def learn_answer_header(draft: Draft, name: str, value: str) -> None:
    """Learn one header of an answer; its name in any case."""
    match name.strip().lower():
        case "request-id":
            draft.learn(request_id=value)
        case "retry-after":
            draft.learn(retry_after=value)
        case "anthropic-organization-id":
            draft.learn(organization_id=value)
        case "anthropic-workspace-id":
            draft.learn(workspace_id=value)
        case plain if is_relays_header(plain, value):
            draft.learn(relayed=True)
