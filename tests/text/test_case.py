"""A case in words: findings again from facts, the ticket's texts, the state of a key's change."""

import datetime as dt

import msgspec
import pytest

from core.causes.card import Certainty, KeyVerdict
from core.causes.loader import load
from core.diagnosis import diagnose, explain
from core.diagnosis.finding import Evidence
from core.paste.failure import AnsweredBy, Failure, Surface
from core.storage import Stores
from core.storage.access_results import AccessOutcome, AccessResult, CallPath
from core.storage.cases.case import (
    Case,
    ChecklistItem,
    ChecklistStep,
    KeptDiagnosis,
    KeptNode,
    Note,
    Right,
    Status,
    Tick,
)
from core.storage.kept_facts import KeptFacts
from core.text import case as case_text
from core.text import vocabulary
from core.text.markdown import prose
from tests.storage.samples import settings_for

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
ADDRESS = "https://help.example.com/case?id=AAAAAAAAAAAAAAAAAAAAAA"
REFUSED = (
    '401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},'
    '"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}'
)


def case(**changes: object) -> Case:
    values = {
        "right": Right.VIEW,
        "title": "Ticket 4711",
        "status": Status.OPEN,
        "revision": 1,
        "created_at": NOW,
        "changed_at": NOW,
        "expires_at": NOW + dt.timedelta(days=30),
    }
    return Case(**(values | changes))


def kept(facts: KeptFacts, number: int = 1) -> KeptDiagnosis:
    return KeptDiagnosis(id=number, added_at=NOW, facts=facts)


def item(environment: str, *done: ChecklistStep) -> ChecklistItem:
    ticks = tuple(Tick(step=step, done_by="Maria", done_at=NOW) for step in done)
    return ChecklistItem(id=1, environment=environment, credential="Anthropic account", ticks=ticks)


def result(**changes: object) -> AccessResult:
    values = {
        "id": 1,
        "key_label": "Team key",
        "key_fingerprint": "0f" * 16,
        "environment": "production",
        "model": "claude-sonnet-5",
        "path": CallPath.DIRECT,
        "host": "api.anthropic.com",
        "outcome": AccessOutcome.OK,
        "tested_at": NOW,
        "status": 200,
        "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    }
    return AccessResult(**(values | changes))


def test_a_finding_comes_back_from_its_facts_as_it_was():
    diagnosis = diagnose(REFUSED)
    found = diagnosis.findings[0]
    again = case_text.finding_of(case_text.kept_facts(found, diagnosis.as_of))
    assert (again.cause, again.title, again.certainty, again.key_verdict, again.steps) == (
        found.cause,
        found.title,
        found.certainty,
        found.key_verdict,
        found.steps,
    )
    assert again.key_verdict is KeyVerdict.REJECTED
    assert again.failure.request_id == "req_011CSHoEeqs5C35K2UUqR7Fy"
    assert again.failure.message is None


def test_the_preview_of_the_facts_is_what_a_case_keeps(tmp_path, fake_key):
    """A fact that storage would leave out is not promised."""
    failure = Failure(model=fake_key(), host="api.anthropic.com", started_at="11/23/2026, 4:25:30 AM")
    found = msgspec.structs.replace(explain("retired_model"), failure=failure)
    promised = case_text.kept_facts(found, NOW.date())
    assert (promised.model, promised.host, promised.started_at) == (None, "api.anthropic.com", None)
    stores = Stores(settings_for(tmp_path))
    links = stores.cases.create("Ticket", NOW)
    stores.contributions.add_diagnosis(links.own, promised, NOW)
    assert stores.cases.look(links.view, NOW).diagnoses[0].facts == promised
    stores.storage.close()


@pytest.mark.parametrize("cause", sorted(load()))
def test_every_cause_can_be_kept(cause):
    again = case_text.finding_of(KeptFacts(cause=cause, certainty="likely", key_verdict="unknown"))
    assert (again.cause, again.certainty) == (cause, Certainty.LIKELY)


@pytest.mark.parametrize(
    "facts",
    [
        KeptFacts(cause="credit_exhausted", certainty="certain", key_verdict="rejected", answered_by="anthropic"),
        KeptFacts(cause="invalid_key", certainty="certain", key_verdict="rejected", answered_by="litellm"),
        KeptFacts(cause="invalid_key", certainty="likely", key_verdict="rejected", answered_by="anthropic"),
        KeptFacts(cause="no_such_cause", certainty="certain", key_verdict="rejected"),
        KeptFacts(cause="invalid_key", certainty="no such certainty", key_verdict="rejected"),
        KeptFacts(cause="invalid_key", certainty="certain", key_verdict="rejected", provider="openai"),
    ],
)
def test_facts_that_claim_too_much_reject_no_key(facts):
    assert case_text.finding_of(facts).key_verdict is not KeyVerdict.REJECTED


def test_a_cause_of_another_release_is_unknown_here_and_named():
    facts = KeptFacts(cause="cause_of_2028", certainty="certain", key_verdict="good", status=418)
    assert case_text.finding_of(facts).cause == "unknown"
    assert ("Cause", "cause_of_2028") in case_text.fact_rows(facts)


def test_the_excerpt_is_cut_around_the_evidence():
    long = diagnose("filler line\n" * 3_000 + REFUSED + "\nfiller line" * 3_000)
    excerpt = case_text.excerpt_of(long.findings[0])
    assert len(long.findings[0].excerpt) > case_text.EXCERPT_CHARS >= len(excerpt)
    assert "invalid x-api-key" in excerpt


@pytest.mark.parametrize(
    ("length", "evidence_at", "start"),
    [(10_000, 9_000, 0), (10_001, None, 0), (20_000, 2_000, 0), (20_000, 3_001, 1), (20_000, 19_000, 16_000)],
)
def test_an_excerpt_begins_a_little_before_the_first_evidence(length: int, evidence_at: int | None, start: int):
    text = "".join(chr(ord("a") + number % 26) for number in range(length))
    places = [] if evidence_at is None else [evidence_at, evidence_at + 5]
    evidence = tuple(Evidence(fact="message", value="x", start=place) for place in places)
    finding = msgspec.structs.replace(
        explain("overloaded"), excerpt=f"  {text}\n", evidence=(Evidence(fact="model", value="m"), *evidence[::-1])
    )
    assert case_text.excerpt_of(finding) == text[start : start + 10_000]


def test_the_ticket_begins_with_words_for_the_customer_and_goes_on_for_the_engineer():
    facts = case_text.kept_facts(diagnose(REFUSED).findings[0], NOW.date())
    filled = case(
        diagnoses=(kept(facts),),
        results=(result(),),
        checklist=(item("staging", ChecklistStep.UPDATED), item("production")),
        notes=(Note(id=1, written_at=NOW, author="Maria", words="Tried a\nnew key."),),
    )
    text = case_text.to_text(filled, address=ADDRESS, now=NOW)
    customer, engineer = text.split("Facts for the engineer")
    assert customer.startswith("Anthropic does not accept this key\n\n")
    assert "\n\n1. " in customer
    assert "\n\nHow to check: " in customer
    assert customer.endswith(f"\n{ADDRESS}\n\n")
    assert "Anthropic itself refused the key." in customer
    assert ADDRESS in customer
    assert "invalid_key" not in customer
    for fact in (
        "- Cause: invalid_key",
        "- HTTP status: 401",
        "- Request id: req_011CSHoEeqs5C35K2UUqR7Fy",
        "- Certainty: certain",
        f"- Key: {vocabulary.KEY_VERDICT[KeyVerdict.REJECTED]}\n",
        f"- Who fixes it: {vocabulary.WHO_FIXES[load()['invalid_key'].who_fixes]}\n",
        "- Not tested: ",
        "- claude-sonnet-5: answers (HTTP 200), Team key #0f0f0f, production, direct, api.anthropic.com, "
        "2026-11-23 12:00, req_011CSHoEeqs5C35K2UUqR7Fy",
        "- staging, Anthropic account: key updated: Maria, 2026-11-23 12:00 UTC; key tested: not yet; "
        "workflows run: not yet",
        "- 5 steps left. Keep the old key until every step is done.",
        "- Maria, 2026-11-23 12:00 UTC: Tried a new key.",
    ):
        assert fact in engineer


def test_an_empty_case_has_a_ticket_too():
    text = case_text.to_text(case(), address=None, now=NOW)
    assert text.startswith("Nothing is diagnosed in this case yet.\n")
    assert "http" not in text
    facts = text.split("Facts for the engineer\n")[1]
    assert facts == (
        "\nCase\n- About: Ticket 4711\n- Status: Open\n- Kept until: 2026-12-23 12:00 UTC\n"
        "- As of: 2026-11-23 12:00 UTC\n"
    )


def engineers(filled: Case) -> list[str]:
    """The lines of the ticket that are for the engineer."""
    return case_text.to_text(filled, address=None, now=NOW).split("Facts for the engineer\n")[1].splitlines()


def test_the_ticket_has_a_heading_for_each_kind_that_the_case_holds():
    refused = case_text.kept_facts(diagnose(REFUSED).findings[0], NOW.date())
    filled = case(
        diagnoses=(kept(refused), kept(KeptFacts(cause="overloaded", certainty="likely", key_verdict="unknown"), 2)),
        results=(result(), result(id=2, model="claude-3-opus-20240229")),
        checklist=(item("staging"),),
        notes=(Note(id=1, written_at=NOW, author="Maria", words="hello"),),
    )
    headings = [line for line in engineers(filled) if line and not line.startswith("- ")]
    assert headings == [
        *("Case", "Diagnosis 1", "Diagnosis 2", "Access results", "Model dates", "Change of the key", "Notes")
    ]


def test_what_has_no_name_shows_as_not_named():
    filled = case(
        title="",
        checklist=(
            ChecklistItem(
                id=1,
                environment="staging",
                credential="key",
                ticks=(Tick(step=ChecklistStep.TESTED, done_by="", done_at=NOW),),
            ),
        ),
        notes=(Note(id=1, written_at=NOW, author="", words="hello"),),
    )
    lines = engineers(filled)
    assert "- About: not named" in lines
    assert "- Somebody, 2026-11-23 12:00 UTC: hello" in lines
    assert (
        "- staging, key: key updated: not yet; key tested: somebody, 2026-11-23 12:00 UTC; workflows run: not yet"
    ) in lines


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "claude-sonnet-5: answers (HTTP 200)"),
        ({"outcome": AccessOutcome.OK, "status": None}, "claude-sonnet-5: answers"),
        (
            {"outcome": AccessOutcome.FAILED, "status": 529, "cause": "overloaded"},
            "claude-sonnet-5: fails (HTTP 529), overloaded",
        ),
        ({"outcome": AccessOutcome.NOT_TRIED, "status": None}, "claude-sonnet-5: not tried"),
    ],
)
def test_a_result_is_one_line(changes: dict[str, object], line: str):
    rest = "Team key #0f0f0f, production, direct, api.anthropic.com, 2026-11-23 12:00, req_011CSHoEeqs5C35K2UUqR7Fy"
    assert f"- {line}, {rest}" in engineers(case(results=(result(**changes),)))
    without_id = f"- {line}, {rest.rpartition(', ')[0]}"
    assert without_id in engineers(case(results=(result(**changes, request_id=None),)))
    by_gateway = result(**changes, path=CallPath.GATEWAY, host="gateway.example.com")
    assert "through gateway.example.com" in case_text.result_row(by_gateway)[3]
    assert len(case_text.result_row(by_gateway)) == len(case_text.RESULT_HEADERS)


def test_kept_facts_are_rows_in_words_without_what_other_parts_show():
    facts = KeptFacts(
        cause="overloaded",
        certainty="likely",
        key_verdict="unknown",
        times=2,
        as_of=NOW.date(),
        status=529,
        started_at="1795407865023",
    )
    assert case_text.fact_rows(facts) == [
        ("Cause", "overloaded"),
        ("HTTP status", "529"),
        ("Run started", "2026-11-23 04:24:25 UTC"),
        ("Times", "2"),
        ("Judged on", "2026-11-23"),
    ]
    once = msgspec.structs.replace(facts, times=1, as_of=None, status=None, started_at=None)
    assert case_text.fact_rows(once) == [("Cause", "overloaded")]


def test_what_was_concluded_about_a_call_is_kept_with_its_finding():
    facts = KeptFacts(
        cause="detail_lost", certainty="likely", key_verdict="unknown", surface="code_node", answered_by="anthropic"
    )
    finding = case_text.finding_of(facts)
    assert (finding.failure.surface, finding.failure.answered_by) == (Surface.CODE_NODE, AnsweredBy.ANTHROPIC)
    assert finding.why == explain("detail_lost", surface=Surface.CODE_NODE).why
    assert case_text.finding_of(msgspec.structs.replace(facts, surface="of 2028")).failure.surface is None
    assert (
        case_text.finding_of(KeptFacts(cause="overloaded", certainty="likely", key_verdict="unknown")).failure is None
    )


def test_certainties_and_verdicts_of_another_release_claim_nothing():
    facts = KeptFacts(cause="overloaded", certainty="sure as of 2028", key_verdict="good as of 2028")
    finding = case_text.finding_of(facts)
    assert (finding.certainty, finding.key_verdict) == (Certainty.POSSIBLE, KeyVerdict.UNKNOWN)
    gone = case_text.finding_of(KeptFacts(cause="of 2028", certainty="certain", key_verdict="rejected"))
    assert (gone.cause, gone.certainty, gone.key_verdict) == ("unknown", Certainty.POSSIBLE, KeyVerdict.UNKNOWN)


def test_every_model_of_a_case_is_named_once():
    filled = case(
        diagnoses=(
            kept(KeptFacts(cause="overloaded", certainty="likely", key_verdict="unknown", model="claude-opus-5")),
        ),
        results=(result(model="claude-sonnet-5"), result(id=2, model="unknown"), result(id=3, model="claude-opus-5")),
        nodes=(
            KeptNode(id=1, added_at=NOW, kind="curl", content="curl", model="claude-haiku-4-5"),
            KeptNode(id=2, added_at=NOW, kind="curl", content="curl", model=None),
        ),
    )
    assert case_text.models(filled) == ("claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5")


def test_request_ids_are_given_with_the_call_they_belong_to():
    filled = case(results=(result(), result(id=2, request_id=None)))
    assert case_text.request_ids(filled) == [
        ("claude-sonnet-5, 2026-11-23 12:00", "req_011CSHoEeqs5C35K2UUqR7Fy"),
    ]


def test_markdown_quotes_what_strangers_wrote():
    hostile = "![x](https://evil.example/x.png) `code` <b>"
    filled = case(
        title=hostile,
        checklist=(item(hostile),),
        notes=(Note(id=1, written_at=NOW, author=hostile, words=hostile),),
    )
    text = case_text.to_markdown(filled, address=ADDRESS, now=NOW)
    outside = "".join(text.split("``")[::2])  # the code spans of values with backticks use two
    assert "![x](" not in outside
    assert prose(hostile) in text
    assert f"<{ADDRESS}>" in text


def test_markdown_sets_headings_and_lists_apart():
    text = case_text.to_markdown(case(), address=None, now=NOW)
    assert "\n\n**Facts for the engineer**\n\n**Case**\n\n- About: `Ticket 4711`\n- Status: `Open`\n" in text


def test_models_that_end_are_named_with_their_dates():
    filled = case(results=(result(model="claude-3-haiku-20240307"), result(id=2)))
    (sentence,) = case_text.model_dates(filled, NOW.date())
    assert sentence.startswith("claude-3-haiku-20240307: retired on ")


def test_the_old_key_may_go_only_when_every_step_is_done():
    half = case(checklist=(item("staging", *ChecklistStep), item("production", ChecklistStep.UPDATED)))
    done = case(checklist=(item("staging", *ChecklistStep), item("production", *ChecklistStep)))
    assert case_text.progress(half) == "2 steps left. Keep the old key until every step is done."
    last = case(checklist=(item("staging", ChecklistStep.UPDATED, ChecklistStep.TESTED),))
    assert case_text.progress(last) == "1 step left. Keep the old key until every step is done."
    assert "It can be disabled now." in case_text.progress(done)


@pytest.mark.parametrize(
    ("logged", "said"),
    [
        ("tested ticked", "ticked: key tested"),
        ("run taken back", "taken back: workflows run"),
        ("status needs_n8n_admin", "status: needs the n8n admin"),
        ("note added", "note added"),
    ],
)
def test_the_log_speaks_in_the_words_of_the_page(logged, said):
    assert case_text.action(logged) == said
