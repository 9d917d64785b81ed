"""Rules on the text of a JSON body: what n8n cannot read as JSON or as an expression, whatever service is called.

How n8n 2.41.1 evaluates a text is described in `core.n8n.check.parameter_values`; the result must be an object or
JSON (nodes/HttpRequest/V3).
"""

from collections.abc import Callable
from typing import Any, Final

import re2

from core.n8n.check import json_templates
from core.n8n.check.body_fields import read_body
from core.n8n.check.javascript import TokenKind, is_balanced, tokens
from core.n8n.check.json_templates import Hole
from core.n8n.check.layouts import BodyForm, Layout, text_of
from core.n8n.check.near_json import is_json, repaired
from core.n8n.check.node_view import NodeView
from core.n8n.check.parameter_values import Chunk, chunks, is_expression
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit

_PLACEHOLDER: Final = re2.compile(r"\{\s*[A-Za-z_][\w-]*\s*\}")
_FIELD_FIRST: Final = re2.compile(r"""^\s*(?:"[^"\\]*"|'[^'\\]*'|[A-Za-z_$][\w$]*)\s*:""")
_OBJECT: Final = re2.compile(r"^[\s(]*\{")
_CALLED_TEXT: Final = re2.compile(r"^\s*(?:JSON\s*\.\s*stringify\s*\(|\$(?:json|input|node|\()|\(\s*\{)")
_JSON_STARTS: Final = '{["-0123456789tfn'
_HARD_TO_READ: Final = re2.compile(r"[`/]")
"""Nested templates and regular expressions, in which brackets cannot be counted reliably."""

_NOT_IN_EXPRESSIONS: Final = ("$env", "$credentials")
"""What an expression cannot read, so that switching the field to Expression would cause another fault."""

_NOT_JSON_SAYS: Final = "The JSON body isn't valid JSON, so n8n sends nothing."
_CHECK: Final = "Check commas, quotes and brackets, or let Reconnect make the node."


def rules(view: NodeView) -> Hits:
    """Check the text of a node's JSON body."""
    request = view.request
    if request is None or request.form is not BodyForm.JSON or request.body_text is None:
        return
    text = request.body_text
    if request.layout is Layout.TOOL and _PLACEHOLDER.search(text):
        return
    if not is_expression(text):
        yield from _fixed(view, text)
        return
    pieces = chunks(text)
    if not any(piece.is_code for piece in pieces):
        yield from _text_only(view, text)
    elif text[1:].lstrip().startswith("{{"):
        yield from _all_code(view, text, pieces)
    else:
        yield from _template(view, text, pieces)


def change_body(view: NodeView, change: Callable[[str], str]) -> Correction:
    """Return a correction that changes the text of a node's body."""
    name = view.request.body_name if view.request is not None else None

    def correct(node: dict[str, Any]) -> None:
        if name is not None and text_of(node["parameters"].get(name)):
            node["parameters"][name] = change(node["parameters"][name])

    return correct


def _write_body(view: NodeView, text: str | None) -> Correction | None:
    """Return a correction that writes this body, None if there is no body to write."""
    return None if text is None else change_body(view, lambda _: text)


def _fixed(view: NodeView, text: str) -> Hits:
    if any(one.has(Hole.CODE) for one in json_templates.quoted(text)):
        yield _not_expression(view, Rule.BODY_NOT_EXPRESSION, json_templates.unquoted(text))
    elif not is_json(text):
        switched = f"={text}" if "{{" in text and json_templates.is_json_with_holes(f"={text}") else None
        if switched is not None:
            yield _not_expression(view, Rule.BODY_NOT_JSON, switched)
        else:
            yield RuleHit(Rule.BODY_NOT_JSON, _NOT_JSON_SAYS, _CHECK, _write_body(view, repaired(text)))


def _not_expression(view: NodeView, rule: Rule, fixed: str | None) -> RuleHit:
    if fixed is not None and any(name in fixed for name in _NOT_IN_EXPRESSIONS):
        fixed = None
    is_enough = fixed == f"={view.request.body_text}" if view.request is not None else False
    return RuleHit(
        rule,
        "The JSON body has {{ }} in it, but the field is set to Fixed. n8n puts no data there.",
        "Switch the field JSON to Expression."
        if is_enough
        else "Switch the field JSON to Expression, and write {{ JSON.stringify(…) }} without quotes around it.",
        _write_body(view, fixed),
    )


def _text_only(view: NodeView, text: str) -> Hits:
    """Check an expression without ``{{ }}``: n8n sends its text as it is."""
    bare = text[1:]
    if is_json(bare):
        return
    if _CALLED_TEXT.match(bare) and is_balanced(bare):
        yield RuleHit(
            Rule.BODY_NOT_JSON,
            "The JSON body is code without {{ and }} around it. n8n takes it for plain text, which isn't valid JSON.",
            "Write {{ before the code and }} after it.",
            _write_body(view, f"={{{{ {_with_braces_apart(bare.strip())} }}}}" if _can_be_split(bare) else None),
        )
        return
    fixed = repaired(bare)
    yield RuleHit(Rule.BODY_NOT_JSON, _NOT_JSON_SAYS, _CHECK, _write_body(view, None if fixed is None else f"={fixed}"))


def _all_code(view: NodeView, text: str, pieces: list[Chunk]) -> Hits:
    """Check an expression that begins with ``{{``."""
    first = next(piece for piece in pieces if piece.is_code)
    code = text[first.start : first.end]
    whole = _to_last_brace(text, first)
    if not is_balanced(code):
        if whole is not None and whole != code and is_balanced(whole):
            yield _broken(
                "Two closing braces }} stand inside the code. n8n takes the first pair for the end of the expression.",
                "Put a space between them: } }",
                _write_body(view, f"={{{{ {_with_braces_apart(whole.strip())} }}}}" if _can_be_split(whole) else None),
            )
        elif not _HARD_TO_READ.search(code):
            yield _broken("A bracket or a quote in the expression isn't closed.", _CHECK)
    elif _FIELD_FIRST.match(code):
        fixed = f"={{{{ {{ {code.strip()} }} }}}}"
        is_readable = len(pieces) == 1 and read_body(fixed) is not None
        yield _broken(
            "The expression has fields but no braces of an object around them.",
            "Write {{ { before the first field and } }} after the last one.",
            _write_body(view, fixed if is_readable else None),
        )
    elif len(pieces) > 1 and _OBJECT.match(code) and _is_blank(text, pieces):
        yield _broken(
            "There is a space or a line break outside {{ }}. n8n then sends “[object Object]” instead of the body.",
            "Remove everything before {{ and after }}.",
            _write_body(view, f"={{{{{code}}}}}"),
        )


def _template(view: NodeView, text: str, pieces: list[Chunk]) -> Hits:
    """Check text with ``{{ }}`` in it."""
    start = text[1:].lstrip()[:1]
    if start not in _JSON_STARTS:
        yield from _not_a_template(view, text)
        return
    quoted_texts = json_templates.quoted(text)
    if any(one.breaks for one in quoted_texts):
        yield _quoted_template(view, text)
    elif any(one.has(Hole.EXAMPLE) for one in quoted_texts):
        yield _broken(
            "Braces {{ }} in the prompt show a form, but n8n takes them for an expression and can't evaluate it.",
            "Write the prompt in a node before this one, or let Reconnect make the node.",
            _write_body(view, json_templates.unquoted(text)),
        )
    elif any(json_templates.cannot_be_code(text[piece.start : piece.end]) for piece in pieces if piece.is_code):
        yield _broken("Something between {{ and }} is no expression, and n8n can't evaluate it.", _CHECK)
    elif json_templates.is_json_with_holes(text) is False:
        yield RuleHit(Rule.BODY_NOT_JSON, _NOT_JSON_SAYS, _CHECK)


def _not_a_template(view: NodeView, text: str) -> Hits:
    is_doubled = text[1:].lstrip().startswith("=") and text[1:].lstrip()[1:].lstrip().startswith("{")
    says = "An equals sign stands before the body, so n8n sends it too." if is_doubled else _NOT_JSON_SAYS
    fix = "Remove the equals sign that you see in the field." if is_doubled else _CHECK
    yield RuleHit(Rule.BODY_NOT_JSON, says, fix, _write_body(view, text[1:].lstrip() if is_doubled else None))


def _quoted_template(view: NodeView, text: str) -> RuleHit:
    codes = (piece.text for one in json_templates.quoted(text) for piece in one.pieces if piece.hole is Hole.CODE)
    if any(json_templates.gives_json(code) for code in codes):
        return RuleHit(
            Rule.BODY_QUOTED_TEMPLATE,
            'There are quotes around {{ JSON.stringify(…) }}, which brings its own: ""…"" is no JSON, and n8n sends '
            "nothing.",
            "Remove the quotes around {{ JSON.stringify(…) }}.",
            _write_body(view, json_templates.unquoted(text)),
        )
    return RuleHit(
        Rule.BODY_QUOTED_TEMPLATE,
        'The prompt is in quotes: "{{ … }}". A quote or a line break in it makes the body invalid JSON, and n8n sends '
        "nothing.",
        "Write {{ JSON.stringify(…) }} without quotes around it.",
        _write_body(view, json_templates.unquoted(text)),
    )


def _broken(says: str, fix: str, correction: Correction | None = None) -> RuleHit:
    return RuleHit(Rule.BODY_EXPRESSION_BROKEN, says, fix, correction)


def _to_last_brace(text: str, first: Chunk) -> str | None:
    """Return the text between the first ``{{`` and the braces at the end."""
    bare = text.rstrip()
    return bare[first.start : -2] if bare.endswith("}}") and len(bare) - 2 >= first.start else None


def _can_be_split(code: str) -> bool:
    """Return whether adjacent braces are outside quotes, where a space between them changes nothing."""
    strings = [token.text for token in tokens(code) if token.kind is TokenKind.STRING]
    return not any(pair in text for text in strings for pair in ("{{", "}}"))


def _with_braces_apart(code: str) -> str:
    """Return code with a space between any two adjacent braces."""
    for _ in range(2):
        code = code.replace("}}", "} }").replace("{{", "{ {")
    return code


def _is_blank(text: str, pieces: list[Chunk]) -> bool:
    return all(not text[piece.start : piece.end].strip() for piece in pieces if not piece.is_code) and (
        sum(piece.is_code for piece in pieces) == 1
    )
