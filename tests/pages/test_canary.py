"""A planted key is nowhere after a whole session of use: no log, database, page, download or exception has it.

The session pastes the key, tests it against an API that answers every fault and echoes the key in every spelling it
can, keeps the results, looks at them, exports them and runs into a fault of our own.
"""

import base64
import codecs
import gc
import io
import json
import logging
import pickle
from urllib.parse import quote

import pytest

from core import access, key_report, key_test
from core.cases import stores
from core.claude.probe import Probe
from core.settings import settings
from tests.claude import fake_server as fake
from tests.claude.fake_server import Anthropic
from tests.pages.live import ACCESS, HAIKU, SONNET, TEST_KEY, everything, key_field, open_page, portal, press_test

ENCODINGS = {
    "plain": lambda key: key,
    "upper case": str.upper,
    "lower case": str.lower,
    "reversed": lambda key: key[::-1],
    "JSON, escaped": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
    "JSON, twice": lambda key: json.dumps(json.dumps(key))[3:-3],
    "percent, every character": lambda key: "".join(f"%{ord(letter):02X}" for letter in key),
    "percent, the dashes": lambda key: quote(key).replace("-", "%2D"),
    "hex": lambda key: key.encode().hex(),
    "base64": lambda key: base64.b64encode(key.encode()).decode().rstrip("="),
    "base64, behind a byte": lambda key: base64.b64encode(b"x" + key.encode()).decode().rstrip("="),
    "base64, behind two bytes": lambda key: base64.b64encode(b"xy" + key.encode()).decode().rstrip("="),
}


def traces(key):
    """What would betray the key in each encoding: a long piece out of its middle."""
    return {name: spell(key)[len(spell(key)) // 3 :][:40] for name, spell in ENCODINGS.items()}


def found_in(text, key):
    return [name for name, piece in traces(key).items() if piece in text]


def test_the_search_finds_a_key_in_each_encoding(fake_key):
    for name, spell in ENCODINGS.items():
        assert name in found_in(f"before {spell(fake_key())} after", fake_key())


class Echo(Anthropic):
    """An API that answers with the key it was given, in every spelling, wherever an answer has room."""

    def __init__(self, key):
        super().__init__()
        self._all = " ".join(spell(key) for spell in ENCODINGS.values())
        self._turn = 0
        self._headers = {"request_id": f"req_{key}", "anthropic_organization_id": key, "retry_after": key}

    def models(self, request):
        self._turn += 1
        if self._turn == 1:
            return fake.error(401, "authentication_error", f"invalid x-api-key {self._all}")
        if self._turn == 2:
            return fake.html(403, self._all, self._all)
        return fake.model_list(HAIKU, self._all[:150])

    def model(self, request):
        return fake.json_reply(200, {"type": "model", "id": self._all, "lifecycle": self._all}, **self._headers)

    def messages(self, request):
        if request.json()["model"] == HAIKU:
            return fake.message(self._all, self._all, stop_reason=self._all)
        return fake.json_reply(
            400, {"type": "error", "error": {"type": self._all, "message": self._all}}, **self._headers
        )


@pytest.fixture
def logged():
    """Everything that any logger says, at the lowest level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    root.removeHandler(handler)


def state_of(page):
    """The session's whole state, widgets included, as text and by name."""
    raw = page.session_state._state._state
    values = {**raw._old_state, **raw._new_session_state, **{each.id: str(each) for each in raw.get_widget_states()}}
    return "\n".join(f"{name}={value!r}" for name, value in values.items()), values


def test_a_planted_key_is_nowhere_after_a_whole_session(tmp_path, monkeypatch, logged, capfd, fake_key):
    key = fake_key()
    seen = []
    with portal(tmp_path, monkeypatch) as wire:
        wire.script = Echo(key)
        page = open_page(TEST_KEY, model=[HAIKU, SONNET])
        page.checkbox("notebook_keep").check().run()
        page.text_input("notebook_key_name").set_value(key).run()  # a key pasted as its own name
        page.text_input("notebook_environment").set_value(base64.b64encode(key.encode()).decode()).run()
        seen.append(everything(page))
        page.text_input("notebook_key_name").set_value("team key").run()
        page.text_input("notebook_environment").set_value("production").run()
        for pasted in (key, f"Bearer {key}", f'"{key}",', key):
            press_test(page, pasted)
            assert "Details for support" in everything(page)
            seen.append(everything(page))
            text, values = state_of(page)
            seen.append(text)
            result = values["test_key_result"]
            seen += [repr(result), str(pickle.dumps(key_report.ticket(result, key_test.problems(result))))]
        link = page.session_state["notebook_link"]
        table = open_page(ACCESS, id=link)
        seen.append(everything(table))
        results = stores(settings()).notebooks.open(link, result.started_at).results
        assert results
        seen += [frame.value.to_string() for frame in table.dataframe]
        seen.append(access.to_csv(results).decode("utf-8-sig"))
        seen.append(fault_of_ours(page, monkeypatch, key))
        stores(settings()).storage.close()
        seen += [file.read_bytes().decode("latin-1") for file in (tmp_path / "data").rglob("*") if file.is_file()]
    seen.append(logged.getvalue())
    seen += capfd.readouterr()
    for text in seen:
        assert found_in(text, key) == []


def fault_of_ours(page, monkeypatch, key):
    """A test that fails inside: its error carries the key, and the page shows a reference alone."""

    def broken(self):
        raise RuntimeError(f"broken with {self._secret.reveal()} and {key}")

    monkeypatch.setattr(Probe, "_go", broken)
    press_test(page, key)
    (warning,) = [each.value for each in page.warning]
    assert "The test failed inside this portal" in warning
    return everything(page) + state_of(page)[0]


def test_names_that_hold_a_key_are_hidden_before_they_are_kept(tmp_path, monkeypatch, fake_key):
    key = fake_key()
    with portal(tmp_path, monkeypatch):
        page = open_page(TEST_KEY, model=HAIKU)
        page.checkbox("notebook_keep").check().run()
        page.text_input("notebook_key_name").set_value(f"mine {key}"[:120]).run()
        press_test(page, fake_key(seed=2))
        shown = everything(open_page(ACCESS, id=page.session_state["notebook_link"]))
        stores(settings()).storage.close()
        stored = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("reconnect.db*")).decode("latin-1")
    assert found_in(shown, key) == found_in(stored, key) == []


def test_no_object_holds_the_key_once_the_test_has_ended(tmp_path, monkeypatch):
    key = (
        codecs.decode("fx-nag-ncv03-", "rot13") + "".join(chr(97 + number % 26) for number in range(0, 930, 10)) + "AA"
    )
    with portal(tmp_path, monkeypatch):
        page = press_test(open_page(TEST_KEY, model=HAIKU), key)
        assert key_field(page).value == ""
        text, values = state_of(page)
        assert found_in(text, key) == []
        gc.collect()
        probes = [each for each in gc.get_objects() if isinstance(each, Probe)]
        assert all("forgotten" in repr(each._secret) for each in probes)
        assert values["test_key_result"].key_verdict.value == "good"
