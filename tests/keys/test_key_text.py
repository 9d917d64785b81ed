"""What a key's text shows: its kind, odd characters and their positions, what n8n does with them; never the key."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.keys.characters import InN8n, KeyRemark, Remark
from core.keys.key_text import KeyFault, KeyText, cleaned, inspect, text_to_send
from core.keys.kinds import KeyKind, form_of
from core.paste.failure import Provider
from tests.probe.conftest import fake_key

KEY = fake_key()


def only(found: KeyText, remark: Remark) -> KeyRemark:
    (observation,) = [each for each in found.remarks if each.remark is remark]
    return observation


def test_a_whole_key_is_usable_and_remarkable_for_nothing() -> None:
    found = inspect(KEY)
    assert found.fault is None
    assert found.form.kind is KeyKind.ANTHROPIC_API
    assert found.remarks == ()


WRAPPED = {
    "straight quotes": (lambda k: f'"{k}"', Remark.QUOTES, KeyFault.PASTED_WRONG),
    "apostrophes": (lambda k: f"'{k}'", Remark.QUOTES, KeyFault.PASTED_WRONG),
    "backticks": (lambda k: f"`{k}`", Remark.QUOTES, KeyFault.PASTED_WRONG),
    "closing comma": (lambda k: f'"{k}",', Remark.QUOTES, KeyFault.PASTED_WRONG),
    "bearer": (lambda k: f"Bearer {k}", Remark.BEARER, KeyFault.PASTED_WRONG),
    "bearer in capitals": (lambda k: f"BEARER  {k}", Remark.BEARER, KeyFault.PASTED_WRONG),
    "whole header": (lambda k: f"x-api-key: {k}", Remark.BEARER, KeyFault.PASTED_WRONG),
    "authorization header": (lambda k: f"Authorization: Bearer {k}", Remark.BEARER, KeyFault.PASTED_WRONG),
    "assignment": (lambda k: f"ANTHROPIC_API_KEY={k}", Remark.ASSIGNMENT, KeyFault.PASTED_WRONG),
    "export": (lambda k: f'export ANTHROPIC_API_KEY="{k}"', Remark.ASSIGNMENT, KeyFault.PASTED_WRONG),
    "yaml": (lambda k: f"anthropic_api_key: {k}", Remark.ASSIGNMENT, KeyFault.PASTED_WRONG),
    "json": (lambda k: f'{{"apiKey": "{k}"}}', Remark.ASSIGNMENT, KeyFault.PASTED_WRONG),
    "typographic quotes": (lambda k: f"“{k}”", Remark.TYPOGRAPHIC, KeyFault.BAD_CHARACTERS),
    "line break inside": (lambda k: f"{k[:41]}\n{k[41:]}", Remark.LINE_BREAK, KeyFault.BAD_CHARACTERS),
    "windows line break": (lambda k: f"{k[:41]}\r\n{k[41:]}", Remark.LINE_BREAK, KeyFault.BAD_CHARACTERS),
    "space inside": (lambda k: f"{k[:41]} {k[41:]}", Remark.INNER_SPACE, KeyFault.BAD_CHARACTERS),
    "tab inside": (lambda k: f"{k[:41]}\t{k[41:]}", Remark.INNER_SPACE, KeyFault.BAD_CHARACTERS),
    "zero width space": (lambda k: f"{k[:41]}\u200b{k[41:]}", Remark.INVISIBLE, KeyFault.BAD_CHARACTERS),
    "byte order mark": (lambda k: f"\ufeff{k}", Remark.INVISIBLE, KeyFault.BAD_CHARACTERS),
    "soft hyphen": (lambda k: f"{k[:41]}\u00ad{k[41:]}", Remark.INVISIBLE, KeyFault.BAD_CHARACTERS),
    "word joiner": (lambda k: f"{k}\u2060", Remark.INVISIBLE, KeyFault.BAD_CHARACTERS),
    "left to right mark": (lambda k: f"\u200e{k}", Remark.INVISIBLE, KeyFault.BAD_CHARACTERS),
    "non-breaking space": (lambda k: f"{k}\u00a0", Remark.NO_BREAK_SPACE, KeyFault.BAD_CHARACTERS),
    "null": (lambda k: f"{k[:41]}\x00{k[41:]}", Remark.CONTROL, KeyFault.BAD_CHARACTERS),
    "escape": (lambda k: f"\x1b[0m{k}", Remark.CONTROL, KeyFault.BAD_CHARACTERS),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_what_does_not_belong_is_named_and_can_be_taken_off(name: str) -> None:
    wrap, remark, fault = WRAPPED[name]
    text = wrap(KEY)
    found = inspect(text)
    assert found.fault == fault
    assert found.form.kind is KeyKind.ANTHROPIC_API or name == "escape"
    assert only(found, remark).breaks
    assert found.cleanable
    if name != "escape":  # what is left of a colour code is plain text
        assert cleaned(text) == KEY
        assert inspect(cleaned(text)).fault is None


@pytest.mark.parametrize(
    ("pasted", "as_in_n8n"),
    [
        (KEY, KEY),
        (f" \t\r\n{KEY}\n\r\t ", KEY),
        (f'"{KEY}"', f'"{KEY}"'),
        (f"Bearer {KEY} ", f"Bearer {KEY}"),
        (f"\u00a0{KEY}", f"\u00a0{KEY}"),
    ],
    ids=["alone", "space around", "quoted", "with Bearer", "non-breaking space"],
)
def test_a_test_sends_the_key_alone_or_as_n8n_would(pasted: str, as_in_n8n: str) -> None:
    assert text_to_send(pasted, clean_key=True) == KEY
    assert text_to_send(pasted, clean_key=False) == as_in_n8n


@pytest.mark.parametrize("text", ["\n", " ", "\r\n", "\t", "  \n "])
def test_space_around_a_key_works_in_n8n_and_is_only_mentioned(text: str) -> None:
    for padded in (text + KEY, KEY + text, text + KEY + text):
        found = inspect(padded)
        assert found.fault is None
        assert not only(found, Remark.OUTER_SPACE).breaks
        assert cleaned(padded) == KEY


@pytest.mark.parametrize(
    ("letter", "axios", "chat_model", "name"),
    [
        ("\u200b", InN8n.WORKS, InN8n.BYTE_STRING, "U+200B ZERO WIDTH SPACE"),
        ("\u201c", InN8n.WORKS, InN8n.BYTE_STRING, "U+201C LEFT DOUBLE QUOTATION MARK"),
        ("\n", InN8n.WORKS, InN8n.NOT_SENT, "U+000A LINE FEED"),
        ("\u00a0", InN8n.REFUSED, InN8n.REFUSED, "U+00A0 NO-BREAK SPACE"),
        ("é", InN8n.REFUSED, InN8n.REFUSED, "U+00E9 LATIN SMALL LETTER E WITH ACUTE"),
        ("а", InN8n.WORKS, InN8n.BYTE_STRING, "U+0430 CYRILLIC SMALL LETTER A"),
    ],
)
def test_each_odd_character_has_its_place_and_its_fate_in_n8n(
    letter: str, axios: InN8n, chat_model: InN8n, name: str
) -> None:
    found = inspect(KEY[:30] + letter + KEY[30:])
    (odd,) = found.remarks
    assert (odd.index, odd.character) == (30, name)
    assert (odd.axios, odd.chat_model) == (axios, chat_model)
    assert "character 31" in odd.text


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_nothing_is_a_missing_key(text: str) -> None:
    assert inspect(text).fault is KeyFault.MISSING


PLACEHOLDERS = [
    "={{ $credentials.anthropicApi.apiKey }}",
    "{{ $json.key }}",
    "$env.ANTHROPIC_API_KEY",
    "=sk",
    "process.env.ANTHROPIC_API_KEY",
    "ANTHROPIC_API_KEY",
    "$ANTHROPIC_API_KEY",
    "${ANTHROPIC_API_KEY}",
    "%ANTHROPIC_API_KEY%",
    "<your key>",
    "[API key]",
    "your-api-key",
    "undefined",
    "null",
    "x-api-key",
    "sk-ant-api03-R2D...igAA",
    "sk-ant-api03-R2D…igAA",
    "sk-ant-api03-****",
    "sk-ant-api03-" + "x" * 20,
    "my key is in the mail",
    KEY + KEY,
    f"{KEY}\n{KEY}",
]


@pytest.mark.parametrize("text", PLACEHOLDERS, ids=lambda text: text[:13])
def test_what_stands_for_a_key_is_not_one(text: str) -> None:
    assert inspect(text).fault is KeyFault.PASTED_WRONG


def tail(length: int, alphabet: str = "abcdefghkmnpqrstuvwxyz23456789") -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


KINDS = {
    f"sk-ant-admin01-{tail(93)}AA": (KeyKind.ANTHROPIC_ADMIN, KeyFault.WRONG_TYPE, Provider.ANTHROPIC),
    f"sk-ant-api01-{tail(60)}": (KeyKind.ANTHROPIC_ENTERPRISE, KeyFault.WRONG_TYPE, Provider.ANTHROPIC),
    f"sk-ant-ort01-{tail(60)}": (KeyKind.ANTHROPIC_REFRESH, KeyFault.WRONG_TYPE, Provider.ANTHROPIC),
    f"sk-ant-sid01-{tail(60)}": (KeyKind.ANTHROPIC_SESSION, KeyFault.WRONG_TYPE, Provider.ANTHROPIC),
    f"sk-ant-oat01-{tail(60)}": (KeyKind.ANTHROPIC_OAUTH, KeyFault.OAUTH, Provider.ANTHROPIC),
    f"sk-or-v1-{tail(64, 'abcdef0123')}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.OPENROUTER),
    f"sk-proj-{tail(60)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.OPENAI),
    f"sk-{tail(20)}T3BlbkFJ{tail(20)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.OPENAI),
    f"AIza{tail(35)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.GOOGLE),
    f"gsk_{tail(52)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.GROQ),
    f"xai-{tail(80)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.XAI),
    f"pplx-{tail(48)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.PERPLEXITY),
    f"hf_{tail(34)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.HUGGINGFACE),
    f"ABSK{tail(120)}=": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.AWS),
    f"sk-{tail(32, 'abcdef0123')}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.DEEPSEEK),
    f"sk-{tail(22)}": (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.OTHER),
    tail(32, "abcdef0123"): (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.AZURE),
    tail(40): (KeyKind.OTHER_VENDOR, KeyFault.OTHER_VENDOR, Provider.COHERE),
    f"eyJ{tail(20)}.{tail(40)}.{tail(20)}": (KeyKind.N8N_API, KeyFault.OTHER_VENDOR, None),
    f"wrkspc_{tail(24)}": (KeyKind.IDENTIFIER, KeyFault.PASTED_WRONG, None),
    f"req_{tail(24)}": (KeyKind.IDENTIFIER, KeyFault.PASTED_WRONG, None),
    "7f3c1f0a-1111-4222-8333-444455556666": (KeyKind.IDENTIFIER, KeyFault.PASTED_WRONG, None),
}


@pytest.mark.parametrize("text", KINDS, ids=[f"{kind}-{provider}" for kind, _, provider in KINDS.values()])
def test_another_kind_of_secret_is_recognised(text: str) -> None:
    kind, fault, provider = KINDS[text]
    found = inspect(text)
    assert (found.form.kind, found.fault, found.form.provider) == (kind, fault, provider)
    assert not found.cleanable
    assert inspect(f'"{text}"').fault == fault


def test_a_gateway_hands_out_keys_of_its_own() -> None:
    for text, (kind, _, _) in KINDS.items():
        assert inspect(text, anthropic=False).fault is None, kind
    assert inspect("", anthropic=False).fault is KeyFault.MISSING
    assert inspect(f'"{KEY}"', anthropic=False).fault is KeyFault.PASTED_WRONG


def test_an_oauth_token_belongs_behind_bearer() -> None:
    token = f"sk-ant-oat01-{tail(60)}"
    assert inspect(token, bearer=True).fault is None
    assert inspect(token).fault is KeyFault.OAUTH


@pytest.mark.parametrize(
    "text",
    [KEY[:50], KEY[:-1], KEY + "A", f"sk-ant-{tail(90)}", f"sk-ant-api04-{tail(93)}"],
    ids=["half", "one less", "one more", "old form", "new form"],
)
def test_a_length_or_a_new_form_is_never_a_reason_to_refuse(text: str) -> None:
    found = inspect(text)
    assert found.fault is None
    assert all(not each.breaks for each in found.remarks)


def test_a_key_of_no_known_form_is_tried() -> None:
    assert inspect("hunter2hunter2").fault is None
    assert form_of("hunter2hunter2").kind is KeyKind.UNKNOWN


def test_an_essay_is_not_looked_at() -> None:
    assert inspect("a" * 5_000).fault is KeyFault.PASTED_WRONG


@given(st.text(max_size=200))
def test_no_text_raises_and_none_is_repeated(text: str) -> None:
    planted = KEY[20:60] + text
    for bearer in (False, True):
        found = inspect(planted, bearer=bearer)
        assert KEY[20:60] not in repr(found)
    cleaned(planted)


@given(st.text(alphabet=st.characters(blacklist_categories=[]), max_size=60))
def test_any_string_at_all_can_be_inspected(text: str) -> None:
    inspect(text)
    assert cleaned(text).isascii()
