"""One vocabulary: every closed set that a person reads has its words in `core.text.vocabulary`, and nowhere else."""

import ast
import importlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from core.text import vocabulary
from core.text.vocabulary import case, node, probe
from tests.paths import ROOT
from tests.test_architecture import CORE, PAGES, is_in, module_name

HOME = "core.text.vocabulary"

WITHOUT_WORDS = {
    "core.causes.card.AccountFact": "what an answer shows of the account; summed up in a sentence (core.probe.summary)",
    "core.causes.card.ChosenWhen": "decides which card is taken",
    "core.causes.card.NodeHelp": "decides which link is drawn",
    "core.causes.sentences.NotOurs": "why the table of sentences has no cause for one; for who keeps the table",
    "core.causes.sentences.Recognised": "how the table of sentences is searched",
    "core.paste.failure.Hosting": "decides which steps are shown",
    "core.causes.kinds.Kind": "decides which card is taken, and is its own word in kinds.toml",
    "core.causes.ids.CauseId": "a card has its own title",
    "core.keys.characters.Remark": "the remark carries its sentence, with the character's name and place",
    "core.keys.key_text.KeyFault": "leads to a card, which has its own title",
    "core.keys.kinds.KeyKind": "the form of a key carries its label",
    "core.models.catalogue.Allowed": "told in a sentence about each feature (core.text.models)",
    "core.paste.facts.transport.Client": "sorts the table of wordings; for who keeps the table",
    "core.n8n.check.callee.Callee": "decides what is checked",
    "core.n8n.check.layouts.BodyForm": "decides how a body is read",
    "core.n8n.check.layouts.Layout": "decides how parameters are read",
    "core.n8n.check.rules.Rule": "the finding on a node carries its sentence",
    "core.n8n.urls.UrlFault": "an error's message belongs to the error",
    "core.net.addresses.LookupProblem": "an error's message belongs to the error",
    "core.net.base_url.TargetProblem": "an error's message belongs to the error",
    "core.net.budget.Phase": "decides which step failed",
    "core.paste.failure.Headline": "n8n's sentence, which is shown as the paste has it",
    "core.paste.shapes.items.AnswerForm": "decides how items are read",
    "core.redaction.secret_kinds.SecretKind": "its values are the words",
    "core.storage.health.DatabaseState": "an error's message belongs to the error",
    "core.storage.migrate.Schema": "decides what is migrated",
    "core.text.guide.SectionForm": "decides how a section is drawn",
    "core.text.guide.LinkedPage": "a link carries its label",
    "pages.parts.paste_box.Origin": "decides how a paste is read",
}
"""Closed sets without a table, each with the reason."""

NOT_WORDS = {
    ("core.n8n.check.model_rules", "core.models.catalogue.ModelState"): "the rule and its consequence for a node",
    ("core.n8n.check.model_rules", "core.paste.failure.Surface"): "names of fields in n8n's JSON",
    ("core.n8n.check.parameters", "core.models.catalogue.ThinkingMode"): "values in n8n's JSON",
    ("core.n8n.check.parameters", "core.paste.failure.Surface"): "names of fields in n8n's JSON and on its screen",
    ("core.n8n.workflows", "core.n8n.choices.ReportTo"): "expressions of n8n",
    ("core.paste.shapes", "core.paste.failure.Shape"): "why no reader gives this shape",
    ("core.text.access_table", "core.storage.access_results.AccessOutcome"): "colours",
    ("pages.check_node", "core.n8n.check.rules.Severity"): "icons and colours",
    ("pages.node", "core.n8n.generate.OutputKind"): "names of files",
    ("pages.parts.case.view", "core.storage.cases.case.Status"): "icons and colours",
    ("pages.parts.finding", "core.causes.card.Certainty"): "icons and colours",
    ("pages.parts.finding", "core.causes.card.KeyVerdict"): "icons and colours",
    ("pages.parts.key.result", "core.probe.result.StepOutcome"): "states of Streamlit's status element",
}
"""Tables elsewhere that go from a member to a text which is no word for it: module and enum, with what it is."""

SECOND_ROLES = {
    "KEY_PROOF": "the sentence beside the verdict",
    "GATEWAY_ANSWER": "the title of a gateway's answer",
    "ANSWER_OF": "what came back, not who sent it",
    "OUTCOME_SIGN": "the sign before the word",
    "KIND_ABOUT": "the sentence below the name",
    "LINK_ALLOWS": "what the reader can do with it",
    "LINK_PURPOSE": "what it is for",
    "LINK_HOLDER": "what somebody else can do with it",
}
"""Tables of a set that has words already, each with its own role."""

PARTIAL = {"GATEWAY_ANSWER"}
"""Where the cause does not tell, the answer's status does."""


def tables() -> Iterator[tuple[str, type[StrEnum], dict[StrEnum, str]]]:
    for module in (vocabulary, case, node, probe):
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and isinstance(value, dict):
                first = next(iter(value))
                if isinstance(first, StrEnum):
                    yield name, type(first), value


TABLES = {name: (members, words) for name, members, words in tables()}


def full_name(members: type[StrEnum]) -> str:
    return f"{members.__module__}.{members.__name__}"


WORDED = {full_name(members) for members, _ in TABLES.values()}


def enums_in(file: Path) -> Iterator[str]:
    for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(each, ast.ClassDef) and any(ast.unparse(base).endswith("StrEnum") for base in each.bases):
            yield f"{module_name(file)}.{each.name}"


EVERY_ENUM = sorted({name for file in [*CORE, *PAGES] for name in enums_in(file)})


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_a_word_for_every_member(name):
    members, words = TABLES[name]
    assert all(words.values())
    assert set(words) == set(members) or (name in PARTIAL and set(words) < set(members))
    assert len(set(words.values())) == len(words), "two members have the same word"


@pytest.mark.parametrize("name", EVERY_ENUM)
def test_a_closed_set_has_words_or_a_reason_to_have_none(name):
    assert (name in WORDED) != (name in WITHOUT_WORDS)


def test_a_member_has_one_word_in_each_role():
    first = [members for name, (members, _) in TABLES.items() if name not in SECOND_ROLES]
    assert len(first) == len(set(first))
    assert set(first) == {members for members, _ in TABLES.values()}
    assert TABLES.keys() >= SECOND_ROLES.keys() | PARTIAL


def test_the_reasons_are_about_sets_and_tables_that_exist():
    assert set(EVERY_ENUM) >= WITHOUT_WORDS.keys()
    assert set(EVERY_ENUM) >= WORDED
    assert {(module_name(file), name) for file in [*CORE, *PAGES] for name in worded_in(file)} == set(NOT_WORDS)


@pytest.mark.parametrize("file", [*CORE, *PAGES], ids=module_name)
def test_no_other_module_words_a_closed_set(file):
    assert [name for name in worded_in(file) if (module_name(file), name) not in NOT_WORDS] == []


def test_a_table_elsewhere_would_be_found(tmp_path):
    """Both directions, also behind a module's name and inside a function."""
    file = tmp_path / "page.py"
    file.write_text(
        "from core.causes import card\n"
        "from core.probe.result import StepOutcome as Ended\n"
        "A = {card.KeyVerdict.GOOD: ('fine', 'green')}\n"
        "def f(): return {'fine': Ended.OK}\n"
    )
    assert set(worded_in(file)) == {"core.causes.card.KeyVerdict", "core.probe.result.StepOutcome"}


def worded_in(file: Path) -> Iterator[str]:
    """Each set that has words and that a dict literal of this file joins, either way round, to a literal text."""
    if file.is_relative_to(Path(vocabulary.__file__).parent):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = dict(imported(tree)) | dict(defined(tree, file))
    for each in ast.walk(tree):
        if isinstance(each, ast.Dict):
            for key, value in zip(each.keys, each.values, strict=True):
                for member, text in ((key, value), (value, key)):
                    name = enum_of(member, names)
                    if name in WORDED and text is not None and holds_text(text):
                        yield name


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and each.module:
            yield from ((alias.asname or alias.name, f"{each.module}.{alias.name}") for alias in each.names)
        elif isinstance(each, ast.Import):
            yield from ((alias.asname or alias.name, alias.name) for alias in each.names)


def defined(tree: ast.AST, file: Path) -> Iterator[tuple[str, str]]:
    if file.is_relative_to(ROOT):
        classes = (each for each in ast.walk(tree) if isinstance(each, ast.ClassDef))
        yield from ((each.name, f"{module_name(file)}.{each.name}") for each in classes)


def enum_of(member: ast.expr | None, names: dict[str, str]) -> str | None:
    """The full name of the set that an expression such as ``KeyVerdict.GOOD`` or ``card.KeyVerdict.GOOD`` is in."""
    if not isinstance(member, ast.Attribute):
        return None
    first, *rest = ast.unparse(member.value).split(".")
    found = ".".join([names.get(first, first), *rest])
    if not is_in(found, "core") or "." not in found:
        return None
    module, name = found.rsplit(".", 1)
    # `core.n8n.check` hands on what its modules define
    handed_on = getattr(importlib.import_module(module), name, None) if module.startswith("core.") else None
    return full_name(handed_on) if isinstance(handed_on, type) and issubclass(handed_on, StrEnum) else None


def holds_text(expression: ast.expr) -> bool:
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(expression))
