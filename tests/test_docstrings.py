"""Every example in a docstring runs and says what it says there; a function's docstring begins with a verb."""

import ast
import doctest
import importlib
import textwrap
from collections.abc import Iterator

import pytest

from tests.test_architecture import CORE, PAGES, module_name

PARSER = doctest.DocTestParser()
CODE = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.For, ast.While, ast.With, ast.If, ast.Return)


def docstrings(owner: ast.Module | ast.ClassDef | ast.FunctionDef) -> Iterator[str]:
    yield ast.get_docstring(owner) or ""
    for node in owner.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield from docstrings(node)


def is_code(line: str) -> bool:
    """Whether a line is Python that does something, such as a call; a name or a text alone is prose."""
    try:
        [statement] = ast.parse(f"{line}\n    ..." if line.endswith(":") else line).body
    except (SyntaxError, ValueError):
        return False
    return isinstance(statement, CODE) or any(isinstance(node, ast.Call) for node in ast.walk(statement))


def code_outside_examples(docstring: str) -> Iterator[str]:
    """Every line of code in an indented block of a docstring, which no test would run."""
    for prose in PARSER.parse(docstring):
        if isinstance(prose, doctest.Example):
            continue
        for line in prose.splitlines():
            if line.startswith("    ") and is_code(line.strip()):
                yield line


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = [ast.unparse(decorator).rpartition(".")[2] for decorator in function.decorator_list]
    return "property" in names or "cached_property" in names


def functions_without_a_verb(code: ast.Module) -> Iterator[str]:
    """Every public function whose docstring says what it returns like a property's, not "Return ..."."""
    for node in ast.walk(code):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        public = not node.name.startswith("_") and not is_property(node)
        if public and (ast.get_docstring(node) or "").startswith(("Whether", "The ")):
            yield node.name


FILES = [*CORE, *PAGES]
DOCSTRINGS = {module_name(file): [*docstrings(ast.parse(file.read_text(encoding="utf-8")))] for file in FILES}
EXAMPLES = {
    name: count
    for name, texts in DOCSTRINGS.items()
    if (count := sum(len(PARSER.get_examples(text)) for text in texts if ">>>" in text))
}


def test_code_in_docstrings_is_a_runnable_example():
    lines = {name: [*code_outside_examples("\n".join(texts))] for name, texts in DOCSTRINGS.items()}
    assert not {name: code for name, code in lines.items() if code}


@pytest.mark.parametrize("line", ["search('credit')", "for token in tokens(text):", "links = restore(data)"])
def test_a_line_of_code_is_noticed(line):
    docstring = textwrap.dedent(f"""
        A summary.

            {line}

        >>> 1 + 1
        2
    """)
    assert [*code_outside_examples(docstring)] == [f"    {line}"]


def test_a_public_functions_docstring_begins_with_a_verb():
    names = {module_name(file): [*functions_without_a_verb(ast.parse(file.read_text("utf-8")))] for file in FILES}
    assert not {name: functions for name, functions in names.items() if functions}


def test_there_are_examples_to_run():
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name, tmp_path):
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_ONLY_FIRST_FAILURE)
    finder = doctest.DocTestFinder(exclude_empty=True)
    for test in finder.find(importlib.import_module(name), name, extraglobs={"folder": str(tmp_path)}):
        runner.run(test, out=report.append)
    assert not report
    assert runner.tries == EXAMPLES[name]
