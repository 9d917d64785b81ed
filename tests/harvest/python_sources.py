"""Reads error sentences out of Python source: what is raised, and the defaults of an exception's message.

An interpolation is written ``{}``, as in `tests.harvest.javascript`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final, TypeAlias

HOLE: Final = "{}"
_MOST: Final = 12
_CLASS: Final = re.compile(r"(?:Error|Exception|Errors|Warning)\d*$")
_FIELDS: Final = frozenset(("message", "detail", "error", "msg", "description"))
_PERCENT: Final = re.compile(r"%(?:\(\w+\))?[sdrfi]")
_FORMAT: Final = re.compile(r"\{[^{}]*\}")

Variables: TypeAlias = dict[str, list[ast.expr]]


def sentences_in(source: str) -> set[str]:
    """Return the error sentences of one module's source."""
    return set(_Reader().read(ast.parse(source)))


class _Reader:
    """Walks a module; `variables` holds what each name is given in the function at hand."""

    def read(self, tree: ast.Module) -> Iterator[str]:
        yield from self._block(tree, _assigned(tree))

    def _block(self, node: ast.AST, variables: Variables) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            inside = variables
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = variables | _assigned(child)
            elif isinstance(child, ast.ClassDef) and _CLASS.search(child.name):
                yield from _of_class(child)
            elif isinstance(child, ast.Call) and _CLASS.search(_name(child.func)):
                yield from _of_call(child, variables)
            yield from self._block(child, inside)


def _assigned(scope: ast.AST) -> Variables:
    variables: Variables = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    variables.setdefault(target.id, []).append(node.value)
    return variables


def _of_call(call: ast.Call, variables: Variables) -> Iterator[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in _FIELDS)]
    for value in values:
        if isinstance(value, ast.Dict):
            yield from (text for part in value.values for text in _texts(part, variables))
        else:
            yield from _texts(value, variables)


def _of_class(owner: ast.ClassDef) -> Iterator[str]:
    """Yield the texts of an error's class: constants, defaults of its message, and what it hands to its base."""
    for node in owner.body:
        if isinstance(node, ast.Assign):
            yield from _texts(node.value, {})
    for function in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
        arguments = function.args
        named = [*zip(arguments.args[::-1], arguments.defaults[::-1], strict=False)]
        named += [
            (name, value) for name, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
        ]
        yield from (text for name, value in named if name.arg in _FIELDS for text in _texts(value, {}))
        variables = _assigned(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _name(node.func) == "__init__":
                yield from _of_call(node, variables)
            elif isinstance(node, ast.Assign) and any(_name(target) in _FIELDS for target in node.targets):
                yield from _texts(node.value, variables)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _texts(node: ast.expr, variables: Variables, depth: int = 0) -> list[str]:
    """Return the texts that an expression can be; none where it is nothing but a value that is not known here."""
    if depth > 5:
        return []
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr():
            parts = (_part(part, variables, depth) for part in node.values)
            return _joined(parts)
        case ast.BinOp(op=ast.Add()):
            texts = [_texts(side, variables, depth + 1) for side in (node.left, node.right)]
            return _joined(each or [HOLE] for each in texts) if any(texts) else []
        case ast.BinOp(op=ast.Mod()):
            return [_PERCENT.sub(HOLE, text) for text in _texts(node.left, variables, depth + 1)]
        case ast.IfExp():
            return _texts(node.body, variables, depth + 1) + _texts(node.orelse, variables, depth + 1)
        case ast.BoolOp():
            return [text for value in node.values for text in _texts(value, variables, depth + 1)]
        case ast.Name():
            values = variables.get(node.id, ())
            return [text for value in values for text in _texts(value, variables, depth + 1)][:_MOST]
        case ast.Call(func=ast.Attribute(attr="format", value=value)):
            return [_FORMAT.sub(HOLE, text) for text in _texts(value, variables, depth + 1)]
        case ast.Call(func=ast.Attribute(attr="strip" | "dedent", value=value)):
            return _texts(value, variables, depth + 1)
        case _:
            return []


def _part(node: ast.expr, variables: Variables, depth: int) -> list[str]:
    """Return the part of a text between its ends: only what is certain to be there, else a hole."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    value = node.value if isinstance(node, ast.FormattedValue) else node
    if isinstance(value, ast.Name) and len(variables.get(value.id, ())) != 1:
        return [HOLE]
    texts = _texts(value, variables, depth + 1)
    return texts if len(texts) == 1 else [HOLE]


def _joined(parts: Iterable[list[str]]) -> list[str]:
    return ["".join(texts) for texts in list(product(*parts))[:_MOST]]
