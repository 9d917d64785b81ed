"""Request bodies as templates: what is a hole and what is not, and that a corrected one is JSON for every prompt."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.n8n.check import Rule, check_nodes
from core.n8n.check.javascript import TokenKind, decoded, tokens
from core.n8n.check.json_templates import Hole, is_json_with_holes, kind_of, quoted, unquoted
from core.n8n.check.near_json import repaired
from core.n8n.check.parameter_values import chunks, code_in
from tests.n8n import install
from tests.n8n.check.test_rules import http

EXAMPLES: Final = ['{{"a": 1}}', '{{"a": [{{"b": 1}}]}}', '[{{"name": "x", "list": ["y"]}}]']
NAMES: Final = ("a", "b", "c")
NASTY: Final = [
    'say "hi"',
    "line\nbreak\ttab",
    "back\\slash \\n",
    "{{ $json.a }}",
    "}}",
    "'",
    "`${x}`",
    "",
    "\u2028 ü 🙂",
]
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda text: text.replace("{", "("))
PARTS: Final = st.lists(
    st.tuples(st.just("text"), TEXT | st.sampled_from(NASTY[:3]))
    | st.tuples(st.just("hole"), st.sampled_from(NAMES))
    | st.tuples(st.just("example"), st.sampled_from(EXAMPLES)),
    min_size=1,
    max_size=6,
)
DATA: Final = st.fixed_dictionaries({name: st.sampled_from(NASTY) | st.text(max_size=8) for name in NAMES})
Parts = list[tuple[str, str]]


def template(parts: Parts, system: str = "Be kind.") -> str:
    """A body whose prompt is made of these parts, all inside quotes."""
    prompt = "".join(f"{{{{ $json.{text} }}}}" if kind == "hole" else json.dumps(text)[1:-1] for kind, text in parts)
    rest = f'"max_tokens": 9, "messages": [{{"role": "user", "content": "{prompt}"}}]'
    return f'={{"model": "claude-sonnet-5", "system": {json.dumps(system)}, {rest}}}'


def expected_prompt(parts: Parts, data: dict[str, Any]) -> str:
    """The prompt that such a body should send."""
    return "".join(str(data.get(text, "")) if kind == "hole" else text for kind, text in parts)


def filled(text: str, data: dict[str, Any]) -> str:
    """What n8n makes of a corrected template: each hole is JSON.stringify of one text or of a joined list."""
    out: list[str] = []
    end = 1
    for chunk in chunks(text):
        if not chunk.is_code:
            continue
        before = text[end : chunk.start - 2]
        out += [before.replace("\\\\", "\\"), json.dumps(_joined(text[chunk.start : chunk.end], data))]
        end = chunk.end + 2
    return "".join([*out, text[end:]])


def _joined(code: str, data: dict[str, Any]) -> str:
    found = tokens(code)
    texts = [str(decoded(token.text)) for token in found if token.kind is TokenKind.STRING and token.text != "''"]
    names = [token.text for token in found if token.kind is TokenKind.WORD and token.text in NAMES]
    order = [token for token in found if token.text in names or (token.kind is TokenKind.STRING and token.text != "''")]
    assert len(order) == len(texts) + len(names)
    return "".join(
        str(data.get(token.text, "")) if token.kind is TokenKind.WORD else str(decoded(token.text)) for token in order
    )


@settings(suppress_health_check=list(HealthCheck))
@given(PARTS, DATA, st.sampled_from(["Be kind.", "C:\\temp \\d+", 'Say "yes"']))
def test_a_corrected_template_is_json_for_every_prompt(parts: Parts, data: dict[str, Any], system: str) -> None:
    written = template(parts, system)
    corrected = unquoted(written)
    if all(kind == "text" for kind, _ in parts):
        assert corrected == written
        return
    assert corrected is not None
    sent = json.loads(filled(corrected, data))
    assert sent["messages"][0]["content"] == expected_prompt(parts, data)
    assert sent["system"] == system


def _samples() -> list[tuple[Parts, dict[str, Any], str]]:
    chance = random.Random(7)
    kinds = [("text", [*NASTY[:3], "Topic: ", ". "]), ("hole", list(NAMES)), ("example", EXAMPLES)]
    samples = []
    for _ in range(300):
        chosen = [chance.choice(kinds) for _ in range(chance.randint(1, 5))]
        parts = [(kind, chance.choice(texts)) for kind, texts in chosen]
        data = {name: chance.choice([*NASTY, 5, None]) for name in NAMES if chance.random() < 0.8}
        samples.append((parts, data, chance.choice(["Be kind.", "C:\\temp \\d+"])))
    return [sample for sample in samples if any(kind != "text" for kind, _ in sample[0])]


def evaluated(texts: list[tuple[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """What n8n's own engine makes of expressions, given without their leading equals sign, with `$json`."""
    script = Path(__file__).with_name("evaluate.cjs")
    asked = json.dumps([{"text": text, "data": data} for text, data in texts])
    command = [str(install.node()), str(script), str(folder)]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.mark.n8n
def test_n8n_sends_a_corrected_template_as_it_was_meant(installed: Path) -> None:
    samples = _samples()
    texts = [(str(unquoted(template(parts, system)))[1:], data) for parts, data, system in samples]
    for (parts, data, system), answer in zip(samples, evaluated(texts, installed), strict=True):
        sent = json.loads(answer["value"])
        known = {name: "" if value is None else value for name, value in data.items()}
        assert sent["messages"][0]["content"] == expected_prompt(parts, known)
        assert sent["system"] == system


BROKEN: Final = [
    '=={{ JSON.stringify({ "model": "claude-sonnet-5", "max_tokens": 9, "messages": $json.m }) }}',
    '={{ "model": "claude-sonnet-5", "max_tokens": 9, "messages": $json.m }}',
    '={{\n  model: "claude-sonnet-5",\n  max_tokens: 9,\n  messages: $json.m\n}}',
    '=JSON.stringify({ "model": "claude-sonnet-5", "max_tokens": 9, "messages": $json.m })',
    "={ 'model': 'claude-sonnet-5', 'max_tokens': 9, 'messages': [{ 'role': 'user', 'content': 'It\\'s \"me\"' }] }",
    '{ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": "hi" },] }',
    '{ model: "claude-sonnet-5", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }',
    '{ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": "two\nlines" }] }',
    '{ "model": "claude-sonnet-5", "max_tokens": 9, "messages": {{ JSON.stringify($json.m) }} }',
    "={{ JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 9, messages: [{ role: 'user', content: $json.q }],"
    " tools: [{ name: 'x', input_schema: { type: 'object', properties: { a: {}}}}]}) }}",
    "={{ { model: 'claude-sonnet-5', max_tokens: 9, messages: $json.m } }}\n",
    "={{ { model: 'claude-sonnet-5', max_tokens: 9, messages: $json.m, metadata: { user_id: $json.u }} }}",
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "as {{\\"a\\": 1}}"}]}',
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "{{ $json["q"] }}"}]}',
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "{{ $json.q; }}"}]}',
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": '
    '"{{ JSON.stringify($json.q) }}"}]}',
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": '
    "\"{{ JSON.stringify($('A').item.json.q) }}\"}]}",
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": '
    '"About: {{ JSON.stringify($json.q) }}"}]}',
]
BODY_RULES: Final = {
    Rule.BODY_NOT_JSON,
    Rule.BODY_EXPRESSION_BROKEN,
    Rule.BODY_QUOTED_TEMPLATE,
    Rule.BODY_NOT_EXPRESSION,
}


@pytest.mark.parametrize("written", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_body_is_found_and_fixed(written: str) -> None:
    checked = check_nodes(json.dumps(http(jsonBody=written)))
    assert {finding.rule for finding in checked.findings} & BODY_RULES
    assert all(finding.fixed for finding in checked.findings if finding.rule in BODY_RULES)
    assert checked.corrected is not None
    assert not {finding.rule for finding in check_nodes(checked.corrected).findings} & BODY_RULES


@pytest.mark.n8n
def test_n8n_cannot_send_the_broken_bodies_and_sends_the_corrected_ones(installed: Path) -> None:
    data = {"m": [{"role": "user", "content": 'say "hi"\nnow'}], "q": 'say "hi"\nnow', "u": "x"}
    before = [(text[1:], data) for text in BROKEN if text.startswith("=")]
    for (text, _), answer in zip(before, evaluated(before, installed), strict=True):
        assert not _is_body(answer.get("value")), text
    corrected = [json.loads(str(check_nodes(json.dumps(http(jsonBody=text))).corrected)) for text in BROKEN]
    bodies = [node["parameters"]["jsonBody"] for node in corrected]
    fixed = [body for body in bodies if not body.startswith("=")]
    assert all(_is_body(body) for body in fixed)
    after = [(body[1:], data) for body in bodies if body.startswith("=")]
    for (text, _), answer in zip(after, evaluated(after, installed), strict=True):
        assert _is_body(answer.get("value")), (text, answer)


def _is_body(value: Any) -> bool:
    """Whether n8n would send this: an object, or JSON of one (nodes/HttpRequest/V3 of 2.41.1)."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return isinstance(value, dict) and {"model", "max_tokens", "messages"} <= value.keys()


GOOD: Final = [
    '={ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": '
    '"{{ JSON.stringify($json.q).slice(1, -1) }}" }] }',
    '={ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": '
    "\"{{ JSON.stringify($json.q).replace(/^.|.$/g, '') }}\" }] }",
    "={{ $json.body }}",
    "={{ JSON.stringify($json.body) }}",
    "={{ (() => { const p = $json.q; return JSON.stringify({ model: $json.m, messages: [p] }); })() }}",
    '={ "model": "claude-sonnet-5", "max_tokens": {{ $json.n }}, "messages": {{ JSON.stringify($json.m) }} }',
    '={ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{{ $json.list.join(",") }}] }',
    '={ "model": "claude-sonnet-5", "max_tokens": 9, {{ $json.more }} "messages": {{ $json.m.toJsonString() }} }',
    '={ "model": "{{ $json.model }}", "max_tokens": 9, "messages": {{ JSON.stringify($json.m) }} }',
    '={ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": '
    '"{{ $json.q.replace(/"/g, "\'").replace(/\\n/g, " ") }}" }] }',
    '={ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": "now: {{ $now }}" }] }',
    '{ "model": "claude-sonnet-5", "max_tokens": 9, "messages": [{ "role": "user", "content": "Fill {{name}}" }] }',
    "={{ ({ model: 'claude-sonnet-5', max_tokens: 9, messages: [ { role: 'user', content: `a ${$json.x} b` } ] }) }}",
]


@pytest.mark.parametrize("written", GOOD, ids=range(len(GOOD)))
def test_a_body_that_n8n_can_send_is_left_alone(written: str) -> None:
    checked = check_nodes(json.dumps(http(jsonBody=written)))
    assert not {finding.rule for finding in checked.findings} & BODY_RULES, checked.findings
    assert checked.corrected is None


@pytest.mark.parametrize(
    ("code", "hole"),
    [
        (" $json.a ", Hole.CODE),
        (" $('Webhook').item.json.q ", Hole.CODE),
        (" 'fixed' ", Hole.CODE),
        ('"a": [{{"b": 1', Hole.EXAMPLE),
        ('\\"a\\": 1', Hole.EXAMPLE),
        ("name", Hole.UNCLEAR),
        ("first name", Hole.UNCLEAR),
        (" $json.a) ", Hole.UNCLEAR),
    ],
)
def test_code_is_told_from_braces_meant_as_text(code: str, hole: Hole) -> None:
    assert kind_of(code) is hole


@pytest.mark.parametrize(
    "text",
    [
        '={"a": "{{ name }} and {{ $json.b }}"}',  # nobody knows what {{ name }} is
        '={"{{ $json.key }}": "{{ $json.b }}"}',  # a name of a field
        '={"a": "{{ $json.b // why }}"}',
        '={"a": "{{ $json.b, 1 }}"}',
        '={"a": "\\q {{ $json.b }}"}',  # no escape of JSON
        '={"a": "{{ $json.b }}" "c": 1}',  # broken elsewhere
    ],
)
def test_what_is_not_beyond_doubt_is_not_corrected(text: str) -> None:
    assert unquoted(text) is None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('={"a": {{ $json.b }} }', True),
        ('={"a": "x {{ $json.b }}"}', True),
        ('={"a": {{ $json.b }}, }', False),
        ('={"a": {{ $json.b }}', False),
        ('={"a" {{ $json.b }} }', None),
        ('={{{ $json.b }} "a": 1}', None),
    ],
)
def test_json_with_holes_is_judged_only_where_each_hole_is_a_value(text: str, outcome: bool | None) -> None:
    assert is_json_with_holes(text) is outcome


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for written in (text, f"={text}"):
        quoted(written)
        unquoted(written)
        code_in(written)
        repaired_text = repaired(written)
        if repaired_text is not None:
            json.loads(repaired_text)


HELD: Final = [
    "{{ JSON.stringify($json.x).slice(1, -1) }}",
    "Note: {{ JSON.stringify($json.x).slice(1, -1) }}.",
    "{{ $json.x.replace(/\\n/g, ' ') }} and {{ $now.toISO() }}",
    "Step {{ $json.steps.length }}",
]
"""Quoted texts that take any data as they are."""


def _with_content(content: str) -> str:
    return f'{{"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{{"role": "user", "content": "{content}"}}]}}'


@pytest.mark.parametrize("content", HELD)
def test_a_fixed_body_whose_texts_take_any_data_only_becomes_an_expression(content: str) -> None:
    node = http(jsonBody=_with_content(content))
    checked = check_nodes(json.dumps(node))
    assert [found.rule for found in checked.findings] == [Rule.BODY_NOT_EXPRESSION]
    assert "JSON.stringify" not in checked.findings[0].fix
    assert checked.corrected is not None
    assert json.loads(checked.corrected) == http(jsonBody="=" + _with_content(content))
    assert check_nodes(checked.corrected).findings == ()


@pytest.mark.parametrize("content", HELD)
def test_a_text_that_takes_any_data_stays_beside_one_that_does_not(content: str) -> None:
    both = _with_content(content).replace('"max_tokens"', '"system": "Be {{ $json.mood }}", "max_tokens"')
    for written in (both, "=" + both):
        corrected = unquoted(written)
        assert corrected is not None
        assert f'"content": "{content}"' in corrected
        assert '"system": {{ JSON.stringify(["Be ", $json.mood].join(\'\')) }}' in corrected


@pytest.mark.parametrize(
    "content",
    [
        "{{ $json.a }} {{ JSON.stringify($json.x).slice(1, -1) }}",
        "{{ $json.a }} {{ $json.x.replace(/\"/g, '\\\\\"') }}",
        "a \\\\ {{ JSON.stringify($json.x).slice(1, -1) }}",
    ],
)
def test_what_is_escaped_already_is_not_escaped_again(content: str) -> None:
    assert unquoted("=" + _with_content(content)) is None


@pytest.mark.parametrize("written", ['{{ $json[\\"m\\"] }}', '={{ $json["m"] }}'])
def test_a_text_that_could_stay_loses_what_a_fixed_field_had_of_its_own(written: str) -> None:
    body = _with_content("hi").replace("claude-sonnet-5", written)
    assert unquoted(body) == "=" + _with_content("hi").replace(
        '"claude-sonnet-5"', "{{ JSON.stringify([$json[\"m\"]].join('')) }}"
    )


def test_a_text_of_json_that_is_cut_is_no_escaped_text() -> None:
    corrected = unquoted("=" + _with_content("Ask: {{ $json.q }}, see {{ JSON.stringify($json).substring(0, 300) }}"))
    joined = '["Ask: ", $json.q, ", see ", JSON.stringify($json).substring(0, 300)].join(\'\')'
    assert corrected is not None
    assert f'"content": {{{{ JSON.stringify({joined}) }}}} }}]' in corrected
