"""Giving lines back to a text whose line breaks were lost: in a form's field, a search box, a chat, a table's cell."""

from typing import Final

import re2

_EXCHANGE: Final = re2.compile(r"(?:^| )[<>] (?:HTTP/[\d.]{1,3} \d{3}|(?:GET|POST|PUT|PATCH|DELETE|HEAD) /)")
_SENT_OR_GOT: Final = re2.compile(r" ([<>*] )")
_PART_OF_EXCHANGE: Final = re2.compile(
    r" (HTTP/[\d.]{1,3} \d{3}\b|(?:Host|[A-Za-z]{1,20}(?:-[A-Za-z0-9]{1,20}){1,6}): \S"
    r"|\{\"(?:type|error|message|detail)\"|<!DOCTYPE|<html)"
)
_LABEL: Final = re2.compile(
    r" {0,3}\b(Error details|Error code|Full message|Error data|Error extra|Error cause|Other info|Item Index|Run Index"
    r"|Node type|Node version|n8n version|Stack trace|Ask Assistant)\b {0,3}"
)
_LABELS: Final = 3
_TRACE: Final = re2.compile(r" +(File \"[^\"]{1,300}\", line \d|(?:[\w.]{1,80}\.)?[A-Z]\w{0,60}(?:Error|Exception): )")
_IN_NODE: Final = re2.compile(
    r"((?:Problem in node|Error in sub-node) ?[‘'\"][^‘’'\"\n]{1,100}[’‘'\"])[:.]? +([^\s\[])"
)
_LED: Final = re2.compile(r": (?:\d{3} (?:- )?[\"']?\{|Problem in node|Error in sub-node)")
_LEAD: Final = re2.compile(
    r"(?m)^([^\n{\[\"]{1,60}: )(\d{3} (?:- )?[\"']?\{|Problem in node ?[‘'\"]|Error in sub-node ?[‘'\"])"
)
_PROGRAMS_LEAD: Final = re2.compile(
    r"^(?:Error code: |\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]? ?(?i:error)?: )$"
)
"""What a client or a logger itself writes before an answer, in the same line."""


def with_lines(text: str) -> str:
    """Return the text with a line for each part that had one where it was copied; the same object where it has them.

    >>> with_lines("n8n says: Problem in node ‘Claude‘ 529 Overloaded")
    'n8n says: \\nProblem in node ‘Claude‘\\n529 Overloaded'
    """
    plain = text
    if "HTTP/" in plain and len(_EXCHANGE.findall(plain)) > plain.count("\n"):
        plain = str(_SENT_OR_GOT.sub(r"\n\1", plain))
    if "\n" not in plain and ("curl " in plain or "HTTP/" in plain):
        plain = str(_PART_OF_EXCHANGE.sub(r"\n\1", plain))
    if "Traceback (most recent call last): " in plain:
        plain = str(_TRACE.sub(r"\n\1", plain))
    if "rror" in plain and "ersion" in plain and len(_LABEL.findall(plain)) >= _LABELS:
        plain = str(_LABEL.sub(r"\n\1\n", plain))
    if _LED.search(plain):
        plain = str(_LEAD.sub(_on_own_line, plain))
    if "Problem in node" in plain or "Error in sub-node" in plain:
        plain = str(_IN_NODE.sub(r"\1\n\2", plain))
    return plain


def _on_own_line(led: "re2._Match[str]") -> str:
    lead, answer = str(led.group(1)), str(led.group(2))
    return lead + answer if _PROGRAMS_LEAD.search(lead) else f"{lead}\n{answer}"
