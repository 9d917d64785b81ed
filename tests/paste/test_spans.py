"""Evidence stands where its span says: the excerpt's part is the value, as it is or escaped as JSON in JSON does."""

import json

import pytest

from core.diagnosis import diagnose
from core.paste.spans import locate, spans_of
from tests.labelled import AS_OF, Labelled, runs, texts


def unescaped(part: str) -> set[str]:
    """A part of a paste, with up to three layers of JSON escapes undone."""
    forms = {part}
    for _ in range(3):
        try:
            part = json.loads(f'"{part}"', strict=False)
        except ValueError:
            break
        forms.add(part)
    return forms


@pytest.mark.parametrize("paste", [*runs(), *texts()], ids=lambda paste: paste.name)
def test_evidence_stands_where_its_span_says(paste: Labelled):
    placed = 0
    for finding in diagnose(paste.data, today=AS_OF).findings:
        for each in finding.evidence:
            if each.start is None:
                assert each.end is None
                assert each.fact not in ("status", "code", "message", "error_type", "stop_reason", "sent_key")
                continue
            part = finding.excerpt[each.start : each.end]
            assert each.value in unescaped(part)
            placed += 1
    assert placed or "no_failure" in paste.accept or "unknown" in paste.accept or "output_truncated" in paste.accept


def test_a_value_is_found_through_layers_of_json():
    text = 'She said "hi"\nand left'
    for layers in range(4):
        excerpt = text
        for _ in range(layers):
            excerpt = json.dumps(excerpt)
        span = locate(text, excerpt)
        assert span is not None
        assert text in unescaped(excerpt[span.start : span.end])
    assert locate("absent", "something else") is None
    assert locate("", "x") is None


@pytest.mark.parametrize(
    ("excerpt", "place"),
    [
        ("401 Unauthorized", (0, 3)),
        ("status: 401.", (8, 11)),
        ('"httpCode":"401"', (12, 15)),
        ("model claude-3-haiku-20240401, port 4010", None),
        ("2.401.1", None),
    ],
)
def test_a_status_is_a_number_of_its_own(excerpt: str, place: tuple[int, int] | None):
    span = spans_of({"status": 401}, excerpt).get("status")
    assert ((span.start, span.end) if span else None) == place


def test_a_status_that_only_the_headline_gave_has_no_place():
    headline = "Forbidden - perhaps check your credentials?"
    spans = spans_of({"status": 403, "headline_text": headline}, f"In n8n: {headline}")
    assert set(spans) == {"headline_text"}


@pytest.mark.parametrize("breaks", ["\n", " \n  ", "\r\n", "\t"])
def test_a_text_is_found_where_its_lines_were_wrapped(breaks: str):
    excerpt = f"It said: the service is receiving{breaks}too many requ{breaks.strip(' ')}ests today"
    span = locate("the service is receiving too many requests", excerpt)
    assert span is not None
    assert "".join(excerpt[span.start : span.end].split()) == "theserviceisreceivingtoomanyrequests"
    assert locate("the service is receiving too few requests", excerpt) is None


@pytest.mark.parametrize(
    ("value", "excerpt", "part"),
    [
        # wrapped, and joined
        ("credit balance is too low", "x credit bal\n  ance is\ttoo low, y", "credit bal\n  ance is\ttoo low"),
        ("credit\nbalance", "x creditbalance y", "creditbalance"),
        # characters outside ASCII stay as they are when JSON escapes a quote beside them
        ('said "grüß"', json.dumps('x said "grüß" y', ensure_ascii=False), r"said \"grüß\""),
    ],
)
def test_a_span_covers_the_value_and_nothing_beside_it(value: str, excerpt: str, part: str):
    span = locate(value, excerpt)
    assert span is not None
    assert excerpt[span.start : span.end] == part


def test_in_a_very_long_text_only_what_is_not_wrapped_is_located():
    words = "Your credit balance is too low"
    wrapped, whole = words.replace(" is", "\nis"), "x " * 25_000 + words
    for before, found in (("x " * 1_000, True), ("x " * 25_000, False)):
        assert (locate(words, before + wrapped) is not None) == found
    assert locate(words, whole) is not None
