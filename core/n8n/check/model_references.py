"""Where a node names its model: the exact characters of each id, in fields, bodies, expressions and code.

A reference is a Claude id in quotes, or a whole field, that sets the model: the value of something called ``model``,
what follows ``||`` or ``??`` after it, either result of a ``? :``, the default of ``$fromAI('model')``. Comparisons,
keys of objects, lists and comments name models too, but choose none.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import re2

from core.n8n.check.body_fields import RequestBody
from core.n8n.check.javascript import Token, TokenKind, decoded, tokens
from core.n8n.check.parameter_values import chunks, is_expression

_ID: Final = re2.compile(r"(?i)^(?:~?anthropic/)?claude[\w.@:-]*$")
_MODEL_NAME: Final = re2.compile(r"(?i)^(?:[\w$]*_)?[\w$]*model(?:_?(?:id|name))?$")
_IN_TEXT: Final = re2.compile(r"""(?i)\bmodel\\*["']\s*:\s*\\*["']((?:anthropic/)?claude[\w.@:-]*)\\*["']""")
_TESTS: Final = frozenset({"includes", "startsWith", "endsWith", "indexOf", "match", "test", "has", "equals"})
_GOES_ON: Final = frozenset("?:|&.+=(")
_REQUEST_FIELDS: Final = frozenset({"messages", "max_tokens"})
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")

Path = tuple[str | int, ...]


class ModelReference(msgspec.Struct, frozen=True):
    """A model's id: in the text at `path` of a node's parameters, from `start` to `end`."""

    model: str
    path: Path
    start: int
    end: int


def in_field(value: object, path: Path) -> list[ModelReference]:
    """Return the references of a parameter that is the model: the field itself, or the ids in its expression."""
    if not isinstance(value, str) or not value.strip():
        return []
    references: list[ModelReference] = []
    pieces = chunks(value)
    for chunk in pieces:
        written = value[chunk.start : chunk.end]
        if chunk.is_code:
            references += _ids(value, tokens(written), chunk.start, path)
        elif len(pieces) == 1 and ("{{" not in written or is_expression(value)):
            at = chunk.start + len(written) - len(written.lstrip())
            references.append(ModelReference(written.strip(), path, at, at + len(written.strip())))
    return references


def in_body(text: str, body: RequestBody | None, path: Path) -> list[ModelReference]:
    """Return the references of a request body: in its field ``model``, else wherever its code gives a model."""
    if body is not None and "model" in body.fields:
        field = body.fields["model"]
        return _in_value(text, field.value_start, field.end, path)
    if body is not None and not body.is_javascript:
        return []
    return [
        reference
        for chunk in chunks(text)
        if chunk.is_code
        for reference in in_code(text, chunk.start, chunk.end, path)
    ]


def in_code(text: str, start: int, end: int, path: Path, *, keys: bool = True) -> list[ModelReference]:
    """Return the references of a piece of JavaScript; without `keys`, none that is the value of a key ``model:``."""
    code = [token for token in tokens(text[start:end]) if token.kind is not TokenKind.COMMENT]
    references: dict[int, ModelReference] = {}
    for index, token in enumerate(code):
        if keys or _text(code, index + 1) != ":":
            for reference in _at_token(text, code, index, start, path):
                references[reference.start] = reference
        if token.kind is TokenKind.STRING:
            for match in _IN_TEXT.finditer(token.text):
                at = start + token.start + match.start(1)
                references[at] = ModelReference(match[1], path, at, at + len(match[1]))
    return [references[at] for at in sorted(references)]


def in_request_object(text: str, path: Path) -> list[ModelReference]:
    """Return the references in objects of code that have ``messages`` or ``max_tokens``, and so are requests."""
    code = [token for token in tokens(text) if token.kind is not TokenKind.COMMENT]
    ranges = _request_objects(code)
    return [
        reference
        for reference in in_code(text, 0, len(text), path)
        if any(start < reference.start < end for start, end in ranges)
    ]


def _request_objects(code: list[Token]) -> list[tuple[int, int]]:
    """Return the innermost objects that have fields of a request, as offsets."""
    ranges: list[tuple[int, int]] = []
    stack: list[tuple[int, bool]] = []
    for token in code:
        if token.kind is TokenKind.MARK and token.text == "{":
            stack.append((token.start, False))
        elif token.kind is TokenKind.MARK and token.text == "}" and stack:
            start, is_request = stack.pop()
            if is_request:
                ranges.append((start, token.end))
        elif stack and token.text.strip("\"'") in _REQUEST_FIELDS:
            stack[-1] = (stack[-1][0], True)
    return ranges


def set_fields(parameters: dict[str, Any]) -> list[tuple[Path, str]]:
    """Return the path of each value that an Edit Fields (Set) node writes, with the name of its field."""
    lists: list[tuple[Path, str]] = [
        (("assignments", "assignments"), "value"),
        (("fields", "values"), "stringValue"),
        (("values", "string"), "value"),
    ]
    fields: list[tuple[Path, str]] = []
    for path, key in lists:
        entries = value_at(parameters, path)
        for index, one in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(one, dict) and isinstance(one.get(key), str):
                fields.append(((*path, index, key), str(one.get("name") or "")))
    return fields


def value_at(value: Any, path: Path) -> Any:
    """Return the value at a path of a parameter tree, None where there is none."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            return None
    return value


def replaced(parameters: dict[str, Any], references: list[ModelReference], old: str, new: str) -> None:
    """Write another id wherever these references name `old`."""
    for reference in sorted(references, key=lambda reference: reference.start, reverse=True):
        holder: Any = parameters
        for step in reference.path[:-1]:
            holder = holder[step]
        text = holder[reference.path[-1]]
        if reference.model == old and text[reference.start : reference.end] == old:
            holder[reference.path[-1]] = text[: reference.start] + new + text[reference.end :]


def _in_value(text: str, start: int, end: int, path: Path) -> list[ModelReference]:
    """Return the references in the value of a body's field: a quoted text, a hole, or JavaScript."""
    source = text[start:end]
    if "claude" not in source.lower():
        return []
    opening = source.find("{{")
    if opening >= 0 and is_expression(text):
        closing = source.find("}}", opening)
        inside = source[opening + 2 : closing if closing >= 0 else len(source)]
        return _ids(text, tokens(inside), start + opening + 2, path)
    return _ids(text, tokens(source), start, path)


def _at_token(text: str, code: list[Token], index: int, start: int, path: Path) -> list[ModelReference]:
    token = code[index]
    if token.text == "$fromAI" and _text(code, index + 1) == "(" and _names_model(code, index + 2):
        return _ids(text, list(_inside(code, index + 2)), start, path)
    if not _names_model(code, index):
        return []
    after = index + 1
    while _text(code, after) in ("]", ")"):
        after += 1
    two = _text(code, after) + _text(code, after + 1)
    if two in ("||", "??"):
        return _ids(text, list(_value(code, after + 2, text, start)), start, path)
    if two in ("==", "=>") or _text(code, after) not in (":", "=") or after != index + 1:
        return []
    return _ids(text, list(_value(code, after + 1, text, start)), start, path)


def _names_model(code: list[Token], index: int) -> bool:
    if index >= len(code) or code[index].kind not in (TokenKind.WORD, TokenKind.STRING):
        return False
    name = code[index].text
    return _MODEL_NAME.match(name if code[index].kind is TokenKind.WORD else name[1:-1]) is not None


def _value(code: list[Token], index: int, text: str, start: int) -> Iterator[Token]:
    """Yield the tokens of a value, to its comma, semicolon, closing bracket or the end of its line."""
    depth = 0
    for at in range(index, len(code)):
        token = code[at]
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth < 0 or (depth == 0 and token.text in (",", ";")):
            return
        if depth == 0 and at > index and _is_new_line(text, start, code[at - 1], token):
            return
        yield token


def _is_new_line(text: str, start: int, before: Token, token: Token) -> bool:
    between = text[start + before.end : start + token.start]
    return "\n" in between and before.text not in _GOES_ON and token.text not in _GOES_ON


def _inside(code: list[Token], index: int) -> Iterator[Token]:
    """Yield the tokens to the bracket that closes."""
    depth = 0
    for token in code[index:]:
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth < 0:
            return
        yield token


def _ids(text: str, code: list[Token], start: int, path: Path) -> list[ModelReference]:
    """Return the quoted ids among tokens that are results, not tests, keys or members of a list or an object."""
    references: list[ModelReference] = []
    depth = 0
    for index, token in enumerate(code):
        depth += (token.text in "[{") - (token.text in "]}") if token.kind is TokenKind.MARK else 0
        if token.kind is not TokenKind.STRING or depth > 0 or _is_test(code, index):
            continue
        name = decoded(token.text)
        at = start + token.start + 1
        if name is not None and _ID.match(name) and text[at : at + len(name)] == name:
            references.append(ModelReference(name, path, at, at + len(name)))
    return references


def _is_test(code: list[Token], index: int) -> bool:
    """Return whether a string is compared with something, or is only part of the result."""
    before, ahead = _text(code, index - 1), _text(code, index + 1)
    if before == "=" and _text(code, index - 2) in ("=", "!", "<", ">"):
        return True
    if ahead in ("=", "!") and _text(code, index + 2) == "=":
        return True
    if before == "+" or ahead == "+":
        return True
    return before == "case" or ahead == "." or (before == "(" and _text(code, index - 2) in _TESTS)


def _text(code: list[Token], index: int) -> str:
    return code[index].text if 0 <= index < len(code) else ""
