"""The promises of redaction as a whole."""

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.redaction import RedactionFailed, Redactor, SecretKind, redact, session_salt
from core.redaction.redactor import LONGEST_TEXT
from core.redaction.secret_kinds import mask
from tests.redaction.evasions import ALL
from tests.redaction.fakes import BODY, anthropic, letters
from tests.redaction.harmless import HARMLESS
from tests.redaction.leaks import leaked
from tests.redaction.places import PLACES

SALT = b"a salt of this test"
FIXTURES = [*HARMLESS.values(), *(before + "x" + after for _, before, _, after, _ in PLACES)]


def _is_mixed(part: str) -> bool:
    """Tell characters drawn at random from the few that look like words: the last part of a key must be known alone."""
    return any(map(str.isdigit, part)) and any(map(str.islower, part)) and any(map(str.isupper, part))


KEYS = st.builds(
    anthropic,
    st.sampled_from(["api03", "admin01", "api01", "oat01", "ort01", "sid01"]),
    st.integers(min_value=0, max_value=2**32),
).filter(lambda key: _is_mixed(key[-30:-2]))
"""Keys as Anthropic makes them: every character drawn alike. Hypothesis draws the seed only, for a text of its own
choice is mostly one character repeated, which no key is and which the last part alone does not show."""


@given(
    key=KEYS,
    evasion=st.sampled_from(sorted(ALL)),
    around=st.sampled_from(FIXTURES),
    joint=st.sampled_from(["\n", "\n\n", " \n", "\n--\n"]),
)
def test_any_key_in_any_disguise_in_any_text_does_not_survive(key: str, evasion: str, around: str, joint: str) -> None:
    result = redact(around + joint + ALL[evasion](key) + joint + around, SALT)
    assert leaked(key, result.text) is None
    assert redact(result.text, SALT).text == result.text


@given(text=st.text(st.characters(), max_size=300))
def test_any_text_at_all_is_redacted_once_and_for_all(text: str) -> None:
    once = redact(text, SALT).text
    assert redact(once, SALT).text == once


@pytest.mark.parametrize("pieces", [2, 3, 4])
def test_what_shows_only_beside_a_mask_is_hidden_too(pieces: int) -> None:
    """Each piece after the first shows as a secret only when the one before it is masked."""
    secrets = [letters(24, seed) for seed in range(pieces)]
    text = redact("token '" + "'".join(secrets) + "'", SALT).text
    assert not [secret for secret in secrets if secret in text]
    assert redact(text, SALT).text == text


SCRAPS = st.sampled_from(
    [
        *("sk-ant-api03-", "x-api-key", ": ", '"', "'", "\\", "\\n", "\n", "Bearer ", "password", "=", "token", "%41"),
        *("{", "}", "[", "]", ",", "\\u0041", "\u200b", "://", "@", "Basic ", "AA", "Ab1_", "...", "value", "name"),
        *("-----BEGIN RSA PRIVATE " + "KEY-----", mask(SecretKind.PASSWORD, "0a1b2c"), "\x1b[0m", "c2stYW50L", "&#65;"),
        *("cookie", "hunter2", ";"),
    ]
)


@given(scraps=st.lists(st.one_of(SCRAPS, st.text(BODY, max_size=30)), max_size=25))
def test_scraps_of_secrets_are_redacted_once_and_for_all(scraps: list[str]) -> None:
    once = redact("".join(scraps), SALT).text
    assert redact(once, SALT).text == once


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=20),
        st.sampled_from([anthropic(), "Bearer " + anthropic("oat01"), "hunter2", 'a"b\\', "pa\nss", "={{ $json.x }}"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["password", "x-api-key", "apiKey", "token", "cookie", "name", "value", "a", "set-cookie"]),
            inner,
            max_size=5,
        ),
        inner.map(json.dumps),
    ),
    max_leaves=20,
)


@given(value=JSON, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_json_stays_json_of_the_same_form(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    redacted = redact(text, SALT).text
    assert _form(json.loads(redacted)) == _form(value)
    assert anthropic()[13:40] not in redacted


def _form(value: object) -> object:
    if isinstance(value, dict):
        return {key: _form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_form(item) for item in value]
    return "text or number" if isinstance(value, int | str) and not isinstance(value, bool) else value


def test_salt_decides_the_fingerprint() -> None:
    key = anthropic()
    assert redact(key, b"one") == redact(key, b"one")
    assert redact(key, b"one").hidden != redact(key, b"two").hidden
    assert len(session_salt()) == 32
    assert session_salt() != session_salt()


def test_a_redactor_keeps_its_salt_and_nothing_else() -> None:
    redactor = Redactor()
    key = anthropic()
    assert redactor.redact(key).hidden == redactor.redact(f"x {key}").hidden
    assert [value for value in vars(redactor).values() if not isinstance(value, bytes)] == []


def test_counts_are_the_masks_in_the_text() -> None:
    key = anthropic()
    result = redact(f"{key} {key}\npassword: hunter2\n{key}", SALT)
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [
        (SecretKind.ANTHROPIC_API_KEY, 3),
        (SecretKind.PASSWORD, 1),
    ]
    for hidden in result.hidden:
        assert result.text.count(mask(hidden.kind, hidden.fingerprint)) == hidden.count


def test_masks_hold_nothing_that_json_escapes() -> None:
    for kind in SecretKind:
        text = mask(kind, "0a1b2c")
        assert json.dumps(text) == f'"{text}"'
        assert not set(text) & set("{}<>&\n")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(RedactionFailed):
        redact("a" * (LONGEST_TEXT + 1))


def test_an_error_inside_is_a_refusal_without_the_text() -> None:
    class Hostile(str):
        def isascii(self) -> bool:
            raise ValueError(f"cannot read {self}")

    with pytest.raises(RedactionFailed) as caught:
        redact(Hostile("password: hunter2"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_too_slow_a_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000_000, 100))
    monkeypatch.setattr(time, "thread_time", lambda: float(next(clock)))
    with pytest.raises(RedactionFailed):
        redact("password: hunter2")


HOSTILE = [
    *("-", "a", "A", "0", " ", "=", '"', "\\", "{", "\u200b", "é", "sk-ant-", "sk-ant-api03-", "%25", "Bearer ", "*"),
    *("\\u0041", "&#65;", "password=", '"x-api-key":"', "eyJ", "c2stYW50L", "AA ", "://", "\x1b[0m", "'", "..."),
    *("-----BEGIN RSA PRIVATE " + "KEY-----", '[{"a":"1"},', 'value":"', "curl -u a:", "Cookie: a=b;", "<wbr>"),
    *(
        "api_key: '",
        "sk-ant-api03-abc ",
        "a://b:c@ ",
        "password is hunter2. ",
        "a,password\nx,hunter2\n",
        "Bearer a1b2c3d4e5 ",
    ),
    *(
        '"data":{"type":"aAuth"',
        "?key=abcdefgh1234&",
        "REJfUEFTU1dPUkQ9aHVudGVyMg== ",
        "|password|\n|a1b2c3|\n",
        "--token ",
    ),
    *("Cookie: a=b; ", '{"name":"apiKey","value":"abc1"},', "glpat-abc\n", "token 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d "),
]


@pytest.mark.parametrize("scrap", HOSTILE, ids=ascii)
def test_repeated_scraps_take_linear_time(scrap: str) -> None:
    def seconds(size: int) -> float:
        text = (scrap * (size // len(scrap) + 1))[:size]
        start = time.thread_time()
        redact(text, SALT)
        return time.thread_time() - start

    seconds(1000)
    # quadratic work on a tenth of a megabyte would be minutes; the bound is generous for a busy machine
    assert seconds(200_000) < 3.0


def test_a_long_text_full_of_different_secrets_is_redacted() -> None:
    generator = random.Random(3)
    keys = [anthropic(seed=generator.randrange(10**9)) for _ in range(300)]
    text = "\n".join(f"{letters(30, index)} {key} tail" for index, key in enumerate(keys))
    result = redact(text, SALT)
    assert len(result.hidden) == 300
    assert all(key[13:30] not in result.text for key in keys)
