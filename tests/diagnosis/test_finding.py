"""A finding's parts: evidence only where the paste holds it, other causes with checks, words for the situation."""

import msgspec
import pytest

from core.causes.card import Alternative, Card, Certainty, KeyVerdict, Variant, When
from core.causes.loader import load
from core.causes.matcher import Circumstances, by_id, matcher
from core.diagnosis import Finding, diagnose, explain, judge, recall
from core.diagnosis.finding import Situation, finding_for, situation_of
from core.models.catalogue import ModelState
from core.paste.failure import AnsweredBy, Failure, Shape, Span, Surface


def situation(failure: Failure | None = None, **changes: object) -> Situation:
    facts = {
        "failure": failure,
        "circumstances": Circumstances(),
        "certainty": Certainty.CERTAIN,
        "key_verdict": KeyVerdict.UNKNOWN,
    }
    return Situation(**(facts | changes))


def words(finding: Finding) -> tuple[object, ...]:
    return finding.title, finding.what_happened, finding.why, finding.steps, finding.how_to_check


# Evidence


def seen(**facts: object) -> dict[str, tuple[str, int | None, int | None]]:
    finding = finding_for(by_id("unknown"), situation(Failure(**facts)))
    return {each.fact: (each.value, each.start, each.end) for each in finding.evidence}


@pytest.mark.parametrize(
    ("fact", "value"), [("status", 403), ("error_type", "overloaded_error"), ("code", "ETIMEDOUT"), ("message", "late")]
)
def test_a_fact_that_stands_for_other_words_is_no_evidence(fact: str, value: object) -> None:
    assert seen(**{fact: value}, excerpt="the words that were pasted") == {}
    assert seen(**{fact: value}, excerpt=f"pasted: {value}") == {fact: (str(value), 8, 8 + len(str(value)))}


@pytest.mark.parametrize(
    ("fact", "value"),
    [("model", "claude-sonnet-5"), ("node", "Ask Claude"), ("request_id", "req_1"), ("error_code", "x")],
)
def test_a_fact_of_the_call_is_evidence_wherever_it_is(fact: str, value: str) -> None:
    assert seen(**{fact: value}, excerpt="...") == {fact: (value, None, None)}


@pytest.mark.parametrize("fact", ["surface", "provider", "answered_by"])
def test_what_is_concluded_is_never_evidence(fact: str) -> None:
    finding = judge(Failure(surface=Surface.PROBE, excerpt=Surface.PROBE.value))
    assert fact not in {each.fact for each in finding.evidence}
    assert seen(surface=Surface.PROBE, excerpt=Surface.PROBE.value) == {}


def test_evidence_shows_what_was_pasted_where_only_white_space_differs() -> None:
    excerpt = "400 too\n   long a prompt"
    found = seen(message="too long", excerpt=excerpt, spans={"message": Span(4, 15)})
    assert found == {"message": ("too\n   long", 4, 15)}
    found = seen(message="too short", excerpt=excerpt, spans={"message": Span(4, 15)})
    assert found == {"message": ("too short", 4, 15)}


def test_the_words_that_matched_are_the_evidence_of_a_message() -> None:
    finding = diagnose("It goes on and says: Overloaded, and so on").findings[0]
    (message,) = [each for each in finding.evidence if each.fact == "message"]
    assert finding.excerpt[message.start : message.end] == message.value


def test_where_the_message_is_put_together_the_words_that_matched_are_shown() -> None:
    failure = Failure(status=529, message="Overloaded, please wait a while", excerpt="it says Overloaded and more")
    hit = msgspec.structs.replace(matcher().hits(failure, Circumstances())[0], text="Overloaded")
    (evidence,) = finding_for(hit.card, situation(failure), (hit,)).evidence
    assert (evidence.fact, evidence.value, evidence.start, evidence.end) == ("message", "Overloaded", 8, 18)
    assert finding_for(hit.card, situation(failure)).evidence == ()


def test_what_the_cards_blocks_ask_for_is_evidence_too() -> None:
    finding = diagnose("HTTP/1.1 404 Not Found\nPOST https://api.anthropic.com/v1/v1/messages").findings[0]
    assert finding.cause == "doubled_path"
    assert ("path", "/v1/v1/messages") in {(each.fact, each.value) for each in finding.evidence}
    assert "path" not in seen(path="/v1/messages", excerpt="/v1/messages")


def test_without_a_failure_there_is_no_evidence() -> None:
    assert finding_for(by_id("no_failure"), situation()).evidence == ()
    assert finding_for(by_id("no_failure"), situation()).excerpt == ""


# Other causes


def card_with_alternatives(*alternatives: Alternative) -> Card:
    return msgspec.structs.replace(by_id("detail_lost"), alternative=list(alternatives))


def test_at_most_four_other_causes_are_offered_in_the_cards_order() -> None:
    causes = ["overloaded", "timeout", "retired_model", "rate_limited", "credit_exhausted"]
    card = card_with_alternatives(*(Alternative(cause=cause, check=f"Check {cause}.") for cause in causes))
    offered = finding_for(card, situation()).alternatives
    assert [(each.cause, each.check) for each in offered] == [(cause, f"Check {cause}.") for cause in causes[:4]]
    assert [each.title for each in offered] == [explain(cause).title for cause in causes[:4]]


def test_causes_that_matched_too_come_before_those_that_the_card_names() -> None:
    failure = Failure(status=529, error_type="overloaded_error", message="Overloaded", answered_by=AnsweredBy.ANTHROPIC)
    hits = matcher().hits(failure, Circumstances())
    assert hits[0].card.id == "overloaded"
    card = card_with_alternatives(
        Alternative(cause="timeout", check="Look at the clock."),
        Alternative(cause="overloaded", check="Ask Anthropic."),
    )
    offered = finding_for(card, situation(failure), (hits[0], *hits)).alternatives
    assert [(each.cause, each.check) for each in offered][-2:] == [
        ("overloaded", "Ask Anthropic."),
        ("timeout", "Look at the clock."),
    ]
    (again,) = finding_for(card_with_alternatives(), situation(failure), (hits[0], hits[0])).alternatives
    assert again.check == explain("overloaded").how_to_check
    assert finding_for(by_id("overloaded"), situation(), (hits[0], hits[0])).alternatives == (
        explain("overloaded").alternatives
    )


def test_a_cause_that_is_named_for_some_statuses_is_offered_for_these_and_where_none_is_known() -> None:
    card = card_with_alternatives(Alternative(cause="overloaded", check="Wait.", status=[529, 503]))
    for status, offered in ((529, 1), (503, 1), (None, 1), (400, 0)):
        assert len(finding_for(card, situation(Failure(status=status))).alternatives) == offered
    assert len(finding_for(card, situation()).alternatives) == 1


# Words for the situation


def test_without_a_version_the_words_are_those_of_n8n_2() -> None:
    differ = set()
    for cause in load():
        assert words(explain(cause)) == words(explain(cause, n8n_version="2.41.1"))
        if words(explain(cause)) != words(explain(cause, n8n_version="1.100.0")):
            differ.add(cause)
    assert differ


def test_the_words_for_a_gateway_show_only_behind_one() -> None:
    behind = [card for card in load().values() if any(variant.when.elsewhere for variant in card.variant)]
    assert behind
    for card in behind:
        failure = Failure(status=400, host="gateway.example.com") if card.id != "no_failure" else None
        there = finding_for(card, situation(failure, elsewhere=True))
        here = finding_for(card, situation(failure))
        assert words(there) != words(here), card.id


def test_a_kept_failure_behind_a_gateway_is_explained_as_one() -> None:
    def recalled(host: str) -> Finding:
        failure = Failure(status=400, host=host)
        return recall("credit_exhausted", failure, certainty=Certainty.CERTAIN, verdict=KeyVerdict.UNKNOWN)

    behind = finding_for(
        by_id("credit_exhausted"), situation(Failure(status=400, host="gateway.example.com"), elsewhere=True)
    )
    assert words(recalled("gateway.example.com")) == words(behind) != words(recalled("api.anthropic.com"))


def test_a_live_test_through_a_gateway_has_its_own_words() -> None:
    def elsewhere(**facts: object) -> bool:
        failure = Failure(host="gateway.example.com", **facts)
        return situation_of(failure, Circumstances(), Certainty.CERTAIN, KeyVerdict.UNKNOWN).elsewhere

    assert elsewhere()
    assert elsewhere(surface=Surface.HTTP_REQUEST)
    assert not elsewhere(surface=Surface.PROBE)


CONDITIONS = {
    "surface": (When(surface=[Surface.CODE_NODE]), {"surface": Surface.CODE_NODE}, {"surface": Surface.PROBE}),
    "status": (When(status=[400, 404]), {"status": 404}, {"status": 401}),
    "answered_by": (
        When(answered_by=[AnsweredBy.EMPTY]),
        {"answered_by": AnsweredBy.EMPTY},
        {"answered_by": AnsweredBy.HTML},
    ),
    "shape": (When(shape=[Shape.LOG]), {"shape": Shape.LOG}, {"shape": Shape.TEXT}),
    "model_state": (
        When(model_state=[ModelState.RETIRED]),
        {"model_state": ModelState.RETIRED},
        {"model_state": ModelState.ACTIVE},
    ),
    "certainty": (
        When(certainty=[Certainty.LIKELY]),
        {"certainty": Certainty.LIKELY},
        {"certainty": Certainty.CERTAIN},
    ),
    "elsewhere": (When(elsewhere=True), {"elsewhere": True}, {"elsewhere": False}),
    "not elsewhere": (When(elsewhere=False), {"elsewhere": False}, {"elsewhere": True}),
    "proven": (When(proven=True), {"key_verdict": KeyVerdict.GOOD}, {"key_verdict": KeyVerdict.UNKNOWN}),
    "not proven": (When(proven=False), {"key_verdict": KeyVerdict.UNKNOWN}, {"key_verdict": KeyVerdict.GOOD}),
    "n8n": (When(n8n=">=2.0.0"), {"n8n_version": "2.41.1"}, {"n8n_version": "1.123.0"}),
    "n8n of the run": (When(n8n="<2.0.0"), {"run_version": "1.123.0"}, {"run_version": "2.41.1"}),
    "n8n is not known": (When(n8n="<2.0.0"), {"run_version": "1.123.0"}, {}),
    "the version told beats the run's": (
        When(n8n=">=2.0.0"),
        {"n8n_version": "2.41.1", "run_version": "1.123.0"},
        {"n8n_version": "1.123.0", "run_version": "2.41.1"},
    ),
}
"""A condition, facts that fulfil it, and facts that do not."""


def of_facts(facts: dict[str, object]) -> Situation:
    """The situation in which these facts hold."""
    circumstances = {name: facts[name] for name in ("shape", "model_state", "n8n_version") if name in facts}
    called = {name: facts[name] for name in ("surface", "status", "answered_by") if name in facts}
    failure = Failure(n8n_version=facts.get("run_version"), **called)
    others = {name: facts[name] for name in ("certainty", "key_verdict", "elsewhere") if name in facts}
    return situation(failure, circumstances=Circumstances(**circumstances), **others)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_words_of_a_variant_are_used_where_its_condition_holds(condition: str) -> None:
    when, fulfilled, missed = CONDITIONS[condition]
    card = msgspec.structs.replace(by_id("unknown"), variant=[Variant(when=when, why="Because of this.")])
    assert finding_for(card, of_facts(fulfilled)).why == "Because of this."
    assert finding_for(card, of_facts(missed)).why == card.why
    assert finding_for(card, situation()).why == card.why, "a variant that does not ask is for failures"


def test_all_conditions_of_a_variant_have_to_hold() -> None:
    when = When(status=[404], surface=[Surface.CODE_NODE])
    card = msgspec.structs.replace(by_id("unknown"), variant=[Variant(when=when, why="Because of this.")])
    both = {"status": 404, "surface": Surface.CODE_NODE}
    assert finding_for(card, of_facts(both)).why == "Because of this."
    for fact in both:
        assert finding_for(card, of_facts({fact: both[fact]})).why == card.why


def test_a_variant_for_pastes_without_a_failure_is_used_there_alone() -> None:
    card = msgspec.structs.replace(by_id("no_failure"), variant=[Variant(when=When(failed=False), why="All is well.")])
    assert finding_for(card, situation()).why == "All is well."
    assert finding_for(card, situation(Failure())).why == card.why


def test_each_word_is_from_the_first_variant_that_fits_and_gives_it() -> None:
    variants = [
        Variant(when=When(status=[400]), title="Not for this one"),
        Variant(when=When(status=[404]), why="First"),
        Variant(when=When(), title="Second", why="Second", still_unknown="Which?", copy_next="All."),
    ]
    card = msgspec.structs.replace(by_id("overloaded"), variant=variants)
    finding = finding_for(card, situation(Failure(status=404)))
    assert (finding.title, finding.why, finding.still_unknown, finding.copy_next) == (
        "Second",
        "First",
        "Which?",
        "All.",
    )
    assert finding.what_happened == explain("overloaded").what_happened
    assert (explain("overloaded").still_unknown, explain("overloaded").copy_next) == (None, None)
