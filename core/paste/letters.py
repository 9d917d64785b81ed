"""Reading what a help desk, a mail program or a chat gives out as JSON: the words of the people in it.

A letter is an object with somebody's words (`body`, `description`, `comment`, …) beside what only a letter has: a
subject, a sender, a ticket (forms of Zendesk, Freshdesk, Intercom, Jira, GitHub, Discourse, Gmail and Outlook,
November 2026). An API's answer, an n8n export and a log have neither.
"""

from collections.abc import Iterator
from typing import Any, Final

from core.paste.formats.json_values import as_dict, as_list, as_status, as_text

_WORDS: Final = (
    "plain_body", "body_text", "description_text", "text_body", "stripped-text", "body-plain", "text", "markdown",
    "raw", "body", "description", "comment", "html_body", "body_html", "content", "message", "html", "cooked",
    "bodyHtml", "body-html", "note", "details", "question", "issue", "latest_comment",
)  # fmt: skip
_SECOND_FORMS: Final = frozenset(("html_body", "body_html", "html", "cooked", "bodyHtml", "body-html", "stripped-html"))
"""Where the HTML is of what another field holds as words."""
_OF_LETTERS: Final = frozenset((
    "subject", "requester", "requester_id", "sender", "author", "author_id", "submitter", "assignee", "ticket_id",
    "conversation_id", "thread_id", "threadId", "in_reply_to", "cc", "replyTo", "channel_id", "html_url", "from", "to",
    "created_at", "createdAt", "created", "date", "sentDateTime", "receivedDateTime", "public", "priority", "summary",
    "ticket", "issue_key", "customer", "user", "username", "topic_id", "comments",
))  # fmt: skip
_NOT_OF_LETTERS: Final = frozenset((
    "error", "errors", "errorMessage", "errorDetails", "n8nDetails", "statusCode", "httpCode", "stack", "stackTrace",
    "role", "model", "stop_reason", "usage", "choices", "resultData", "runData", "nodes", "parameters", "workflow",
    "execution", "level", "code", "json", "headers", "completion", "startedAt", "mode", "httpStatusCode", "exception",
))  # fmt: skip
_NOT_WORDS: Final = frozenset((
    "from", "to", "cc", "bcc", "sender", "author", "user", "username", "requester", "assignee", "name", "email", "url",
    "id", "status", "priority", "tags", "type", "user_agent", "timezone", "created_at",
    "createdAt", "updated_at", "date", "created", "updated", "uuid", "locale", "avatar", "signature", "file_name",
))  # fmt: skip
_DEPTH: Final = 12
_NODES: Final = 3_000


def is_letter(value: object) -> bool:
    """Return whether a JSON value holds a letter.

    >>> is_letter({"subject": "n8n", "body": "529 Overloaded"}), is_letter({"message": "Overloaded", "code": 529})
    (True, False)
    """
    return any(_is_one(fields) for fields in _objects(value))


def _is_one(fields: dict[str, Any]) -> bool:
    keys = fields.keys()
    if keys & _NOT_OF_LETTERS or as_status(fields.get("status")) is not None or fields.get("type") == "error":
        return False
    if fields.get("type") == "doc" and isinstance(fields.get("content"), list):
        return True
    if not any(isinstance(fields.get(name), str | dict | list) and fields.get(name) for name in _WORDS):
        return False
    return bool(keys & _OF_LETTERS)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects in a value, outermost first; none below one that no letter is in."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    for _ in range(_NODES):
        if not waiting:
            return
        one, depth = waiting.pop()
        if isinstance(one, dict):
            if one.keys() & _NOT_OF_LETTERS:
                continue
            yield one
        if depth < _DEPTH:
            waiting += [(child, depth + 1) for child in _children(one) if isinstance(child, dict | list)]


def _children(value: object) -> list[Any]:
    return list(as_dict(value).values()) if isinstance(value, dict) else as_list(value)


def words_in(value: object) -> str:
    """Return the words of people in a JSON value, a paragraph per field; of a field's two forms the plain one.

    >>> words_in({"subject": "n8n stopped", "from": "Jo Example", "text": "529", "html": "<p>529</p>"})
    'n8n stopped\\n\\n529'
    """
    return "\n\n".join(dict.fromkeys(_words(value, 0)))


def _words(value: object, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        yield from _words_of_list(value, depth)
        return
    fields = as_dict(value)
    forms = [name for name in _WORDS if as_text(fields.get(name))]
    for name, child in fields.items():
        if name in _NOT_WORDS or name.endswith(("_id", "_url", "_at", "Id", "Url", "At")):
            continue
        if not isinstance(child, str):
            yield from _words(child, depth + 1)
        elif (name in forms or " " in child.strip()) and not _is_second(name, forms):
            yield child.strip("\n")


def _is_second(name: str, forms: list[str]) -> bool:
    """Whether a field is the HTML of what another one holds as words."""
    return f"{name}_text" in forms or (name in _SECOND_FORMS and any(form not in _SECOND_FORMS for form in forms))


def _words_of_list(values: list[Any], depth: int) -> Iterator[str]:
    """Yield the words of a list's parts; runs of text inside one paragraph of a Jira document belong together."""
    runs = [as_dict(one) for one in values]
    if values and all(run.get("type") in ("text", "hardBreak") for run in runs):
        yield "".join("\n" if run.get("type") == "hardBreak" else str(run.get("text") or "") for run in runs)
        return
    for one in values[:_NODES]:
        if isinstance(one, str):
            yield one
        else:
            yield from _words(one, depth + 1)
