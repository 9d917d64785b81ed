"""The guide: complete, sourced, plain, and refused when its data is wrong."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from core.causes.loader import load
from core.causes.places import places
from core.text import guide as module
from core.text.guide import SectionForm, answering, guide, parse
from tests.causes.test_plain_words import GRADE, TECHNICAL

pytestmark = pytest.mark.xdist_group("reading grade")
TEXT = Path(module.__file__).with_name("guide.toml").read_text(encoding="utf-8")
SECTIONS = guide().section
ORDER = ["find-the-error", "open-the-credential", "replace-the-key", "test-the-credential", "run-the-workflow"]
STATEMENTS = [
    pytest.param(statement, major, id=f"{section.id}-{number}-{major}.x")
    for section in SECTIONS
    for major in (1, 2)
    for number, statement in enumerate((*section.statements(major), *section.notes(major)))
]


def section(name: str):
    found = guide().find(name)
    assert found is not None
    return found


def everything(major: int = 2) -> str:
    return "\n".join(
        f"{each.head or ''} {each.said(major)}"
        for one in SECTIONS
        for each in (*one.statements(major), *one.notes(major))
    )


def test_the_way_back_is_in_order():
    assert [each.id for each in SECTIONS][:5] == ORDER
    assert {each.form for each in SECTIONS} == set(SectionForm)
    assert section("http-request").form is SectionForm.STEPS


@pytest.mark.parametrize("major", [1, 2])
@pytest.mark.parametrize("name", [*ORDER, "http-request"])
def test_no_part_asks_for_more_than_seven_steps(name, major):
    assert 3 <= len(section(name).statements(major)) <= 7


@pytest.mark.parametrize(("statement", "major"), STATEMENTS)
def test_a_statement_reads_easily_and_is_filled(statement, major, textstat: ModuleType):
    said = statement.said(major)
    assert not re.search(r"\{(?:n8n|console|anthropic|fact)\.", said)
    assert not re.search(r"(?i)\boops\b|!|\billegal\b|your mistake", said)
    bare = said
    for place in places().values():  # n8n's and the Console's own labels cannot be made plainer
        bare = bare.replace(place.label_for(major), "this field")
    assert textstat.flesch_kincaid_grade(TECHNICAL.sub("word", bare)) <= GRADE


@pytest.mark.parametrize("name", [each.id for each in SECTIONS])
def test_a_part_reads_easily_as_a_whole(name, textstat: ModuleType):
    one = section(name)
    heads = [f"{each.head} {each.said(2)}" if each.head else each.said(2) for each in (*one.statement, *one.after)]
    assert textstat.flesch_kincaid_grade(" ".join((f"{one.title}.", one.lead, *heads))) <= GRADE


def test_labels_follow_the_version_of_n8n():
    assert "Click Publish" in everything(2)
    assert "Click Publish" not in everything(1)
    assert "the Active switch" in everything(1)
    assert "Credential to connect with" in everything(1)


def test_a_new_key_is_asked_for_only_where_it_is_proven_or_has_leaked():
    """The one part that tells to make a key says first what must be proven."""
    replace = section("replace-the-key")
    assert "only if" in replace.lead
    assert "A number alone, such as 401, is no proof." in replace.statement[0].text
    others = [each.text for one in SECTIONS if one.id != "replace-the-key" for each in (*one.statement, *one.after)]
    allowed = ("known to others", "After that day it is gone", "Make the new key, put it in every place")
    asking = [text for text in others if re.search(r"(?i)make (a|the) new (one|key)", text)]
    assert all(any(reason in text for reason in allowed) for text in asking)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Code node", "A Code node cannot read a credential."),
        ("$credentials", "the call goes out without a key"),
        ("model name", "retired on 20 April 2026"),
        ("401.", "It shows as a 400"),
        ("403", "It shows as a 404"),
        ("never expire", "They can."),
        ("between quotes", "JSON.stringify"),
        ("server's variables", "n8n 2.x blocks that"),
        ("A space around", "As a rule it does no harm"),
        ("429", "It does not block the key."),
    ],
)
def test_what_the_common_tutorial_gets_wrong_is_put_right(wrong, right):
    assert any(wrong in (each.head or "") and right in each.text for each in section("mistakes").statement)


def test_what_the_common_tutorial_gets_right_is_kept():
    text = everything()
    for kept in ("test a new key before you save it", "Usage in the Claude Console", "Update every place", "workspace"):
        assert kept in text


def test_every_source_is_used_and_every_part_names_its_own():
    used = {key for one in SECTIONS for each in (*one.statement, *one.after) for key in each.sources}
    assert used == set(guide().sources)
    assert all(guide().sources_of(one) for one in SECTIONS)


def test_the_parts_lead_to_each_other():
    read = guide()
    assert read.beside(SECTIONS[0]) == (None, SECTIONS[1])
    assert read.beside(SECTIONS[-1]) == (SECTIONS[-2], None)
    assert read.find("no-such-part") is None


def test_the_errors_that_the_guide_names_exist():
    named = {each.cause for one in SECTIONS for each in (*one.statement, *one.after) if each.cause}
    assert named <= set(load())
    assert {"credit_exhausted", "invalid_key", "code_node_credentials", "retired_model"} <= named


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('sources = ["n8n_run"]', 'sources = ["hearsay"]', "hearsay"),
        ('sources = ["n8n_run"]', "sources = []", "known sources"),
        ('cause = "credit_exhausted"', 'cause = "bad_luck"', "bad_luck"),
        ("{n8n.executions}", "{n8n.nowhere}", "n8n.nowhere"),
        ('id = "open-the-credential"', 'id = "find-the-error"', "same id"),
        ('form = "steps"', 'form = "poem"', "poem"),
        ('head = "Swap keys with an overlap"\n', "", "needs a head"),
    ],
)
def test_a_wrong_guide_is_refused_by_name(old, new, says):
    assert old in TEXT
    with pytest.raises(ValueError, match=re.escape(says)):
        parse(TEXT.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("How do I get an API key?", "replace-the-key"),
        ("where do I see my n8n version?", "questions"),
        ("Is Claude down?", "questions"),
        ("Where can I find the header auth credential?", "test-the-credential"),
    ],
)
def test_a_question_leads_to_the_part_that_answers_it(question, section):
    assert answering(question)[0].id == section


@pytest.mark.parametrize("text", ["how do I bake a cake?", "key expired", "", "What a mess"])
def test_what_asks_nothing_that_the_guide_knows_leads_nowhere(text):
    assert answering(text) == ()
