"""Reading what n8n's command line and JSON log print: lines of JSON, and a run's JSON between lines of text.

``n8n execute`` prints the error as text, a row of equals signs, then the execution as pretty JSON without id and
workflow; with ``N8N_LOG_FORMAT=json`` every line is an object and the run is inside one of the messages (2.41.1).
"""

from collections.abc import Iterator
from typing import Any, Final

from core.paste.documents import read_value
from core.paste.draft import DraftReading
from core.paste.failure import Shape
from core.paste.formats.json_values import as_dict, as_text, parse_first, parse_json

_RULE: Final = "===================================="
_LINE_LIMIT: Final = 5_000
"""Lines that are read of a long log: its last ones."""


def read_cli_output(text: str) -> DraftReading | None:
    """Return what the output of ``n8n execute`` holds; None if there is no run in it."""
    at = text.find(_RULE)
    if at < 0 and '"resultData"' not in text:
        return None
    start = text.find("\n{", max(at, 0)) + 1
    if start <= 0:
        return None
    try:
        value, _ = parse_first(text, start)
    except ValueError:
        return None
    reading = read_value(value)
    if reading is not None:
        reading.shape = Shape.EXECUTION_CLI
    return reading


def json_lines(text: str) -> list[Any]:
    """Return the values of a text in which most lines are JSON objects; empty if it is not such a text."""
    lines = [line for line in text.split("\n") if line.strip()][-_LINE_LIMIT:]
    if (
        not lines
        or sum(line.lstrip()[:1] in "{[" and line.rstrip()[-1:] in "}]" for line in lines) * 2 < len(lines) + 1
    ):
        return []
    values = []
    for line in lines:
        try:
            values.append(parse_json(line))
        except ValueError:
            continue
    return values if len(values) * 2 > len(lines) and len(values) > 1 else []


def log_message(value: object) -> str | None:
    """Return the message of a JSON log line of n8n, with the stack that the line carries beside it, else None."""
    fields = as_dict(value)
    message = as_text(fields.get("message")) if "level" in fields else None
    metadata = as_dict(fields.get("metadata"))
    stack = next(filter(None, (as_text(place.get("stack")) for place in _places(fields, metadata))), None)
    return f"{message}\n{stack}" if message and stack and not message.startswith("{") else message


def _places(*records: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give each record and the error in it."""
    for record in records:
        yield record
        yield as_dict(record.get("error"))
