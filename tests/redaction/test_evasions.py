"""No key survives, however it is written."""

import json

import pytest

from core.redaction import SecretKind, redact
from core.redaction.fingerprint import fingerprint
from core.redaction.secret_kinds import mask
from tests.redaction.evasions import ALL, POSITIONS
from tests.redaction.fakes import anthropic, letters
from tests.redaction.leaks import leaked

SALT = b"a salt of this test"
CUT_SHORT = {name for name in ALL if name.startswith("cut off: ")}


def test_the_leak_detector_sees_every_form_that_it_must_see() -> None:
    key = anthropic()
    blind = [name for name, evasion in ALL.items() if leaked(key, evasion(key)) is None]
    # what a reader cannot undo by decoding alone; the masks are checked by fingerprint below
    assert set(blind) <= {"invisible: fullwidth", "invisible: mathematical"}


@pytest.mark.parametrize("tag", ["api03", "admin01", "oat01"])
@pytest.mark.parametrize("name", ALL)
def test_key_does_not_survive(name: str, tag: str) -> None:
    for seed in (1, 2):
        key = anthropic(tag, seed)
        text = ALL[name](key)
        result = redact(text, SALT)
        assert leaked(key, result.text) is None
        assert result.hidden
        assert redact(result.text, SALT).text == result.text
        if name not in CUT_SHORT:
            assert fingerprint(key, SALT) in {hidden.fingerprint for hidden in result.hidden}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", [name for name, evasion in ALL.items() if _is_json(evasion(anthropic()))])
def test_json_stays_json(name: str) -> None:
    text = ALL[name](anthropic())
    assert type(json.loads(redact(text).text)) is type(json.loads(text))


@pytest.mark.parametrize("name", POSITIONS)
def test_short_fake_keys_are_hidden_too(name: str) -> None:
    key = "sk-ant-api03-" + "LABTESTKEY0000-x"
    assert leaked(key, redact(POSITIONS[name](key)).text) is None


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("api03", "Anthropic API key"),
        ("admin01", "Anthropic Admin key"),
        ("api01", "Anthropic Enterprise key"),
        ("oat01", "Anthropic OAuth token"),
        ("ort01", "Anthropic refresh token"),
        ("sid01", "Anthropic session key"),
        ("sid02", "Anthropic session key"),
        ("new07", "Anthropic secret"),
    ],
)
def test_mask_says_which_anthropic_secret_it_was_and_what_stood_before_it_stays(tag: str, words: str) -> None:
    key = anthropic(tag)
    found = fingerprint(key, SALT)
    assert redact(f'"Authorization": "Bearer {key}"', SALT).text == f'"Authorization": "Bearer [{words} #{found}]"'
    assert redact(f'{{"apiKey": "ANTHROPIC_API_KEY={key}"}}', SALT).text == (
        f'{{"apiKey": "ANTHROPIC_API_KEY=[{words} #{found}]"}}'
    )


def test_two_keys_without_a_separator_are_two() -> None:
    one, two = anthropic(seed=1), anthropic(seed=2)
    result = redact(one + two, SALT)
    assert [hidden.fingerprint for hidden in result.hidden] == [fingerprint(one, SALT), fingerprint(two, SALT)]
    assert [hidden.count for hidden in result.hidden] == [1, 1]


def test_what_follows_a_cut_key_stays() -> None:
    key = anthropic()
    text = f"{key[:50]}\n{key[50:]}\nreq_011CUxWzAbCdEfGhIjKlMnOp\nAuthorization failed"
    assert redact(text, SALT).text.endswith("]\nreq_011CUxWzAbCdEfGhIjKlMnOp\nAuthorization failed")
    short = f"sk-ant-api03-{key[13:60]}\nreq_011CUxWzAbCdEfGhIjKlMnOp was refused"
    assert redact(short, SALT).text.endswith("]\nreq_011CUxWzAbCdEfGhIjKlMnOp was refused")


@pytest.mark.parametrize(("length", "kind"), [(11, SecretKind.SK_KEY), (12, SecretKind.ANTHROPIC_SECRET)])
def test_a_key_without_its_type_is_anthropics_from_twelve_characters_on(length: int, kind: SecretKind) -> None:
    secret = "sk-ant-" + letters(length, 7)
    result = redact(f"the key {secret} was refused", SALT)
    assert result.text == f"the key {mask(kind, fingerprint(secret, SALT))} was refused"


@pytest.mark.parametrize(
    ("head", "shortest", "kind"),
    [
        ("sk-proj-", 8, SecretKind.OPENAI_KEY),
        ("sk-or-v1-", 8, SecretKind.OPENROUTER_KEY),
        ("AI" + "za", 16, SecretKind.GOOGLE_KEY),
        ("gsk_", 16, SecretKind.GROQ_KEY),
        ("xai-", 16, SecretKind.XAI_KEY),
        ("pplx-", 16, SecretKind.PERPLEXITY_KEY),
        ("hf_", 16, SecretKind.HUGGING_FACE_TOKEN),
    ],
)
def test_a_cut_key_is_its_vendors_from_a_length_on(head: str, shortest: int, kind: SecretKind) -> None:
    body = "g1K2" * 20
    for length in (shortest, shortest + 1):
        assert [hidden.kind for hidden in redact(f"it sent {head}{body[:length]} there").hidden] == [kind]
    assert kind not in [hidden.kind for hidden in redact(f"it sent {head}{body[: shortest - 1]} there").hidden]
