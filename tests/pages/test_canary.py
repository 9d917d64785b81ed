"""A planted key is nowhere after a whole session of use: no log, database, page, download or exception has it.

The session pastes the key, tests it against an API that answers every fault and echoes the key in every spelling it
can, keeps the results, looks at them, exports them and runs into a fault of our own.

Then secrets of several vendors are put into every field of every page, and into every address: a field that a page gets
later is found here by itself. What `typed.FOR_SECRETS` names may hold them, and nothing else.
"""

import ast
import base64
import codecs
import datetime as dt
import gc
import io
import itertools
import json
import logging
import pickle
import random
import string
from pathlib import Path
from urllib.parse import quote

import pytest

from core.probe import live_run
from core.probe.probe import Probe
from core.redaction import redact
from core.settings import settings
from core.storage import stores
from core.storage.kept_facts import KeptFacts
from core.storage.links import new_link
from core.text import access_table, case_file, key_report
from pages.parts import paste_box, typed
from pages.parts.links import PortalPage
from pages.parts.node import words
from tests.pages.live import (
    ACCESS,
    HAIKU,
    SONNET,
    TEST_KEY,
    elements,
    everything,
    key_field,
    open_page,
    portal,
    press_test,
)
from tests.paths import ROOT, python_files
from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic
from tests.storage.samples import access_facts

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
            seen += [repr(result), str(pickle.dumps(key_report.ticket(result, live_run.findings_of(result))))]
        link = page.session_state["notebook_link"]
        table = open_page(ACCESS, id=link)
        seen.append(everything(table))
        results = stores(settings()).notebooks.open(link, result.started_at).results
        assert results
        seen += [frame.value.to_string() for frame in table.dataframe]
        seen.append(access_table.to_csv(results).decode("utf-8-sig"))
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
        gc.unfreeze()  # else what the process had before is not among the objects
        gc.collect()
        probes = [each for each in gc.get_objects() if isinstance(each, Probe)]
        gc.freeze()
        assert all("forgotten" in repr(each._secret) for each in probes)
        assert values["test_key_result"].key_verdict.value == "good"


# Secrets in the wrong field, on every page


def letters(number: int, seed: str, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Made now, so that no string of a real secret's shape is in any file."""
    return "".join(random.Random(seed).choices(alphabet, k=number))


def planted() -> dict[str, tuple[str, str]]:
    """What somebody pastes, by its kind, and the piece of it that must be nowhere."""
    anthropic, project, github = letters(95, "anthropic"), letters(48, "project"), letters(36, "github")
    payload = base64.urlsafe_b64encode(json.dumps({"sub": letters(24, "jwt")}).encode()).decode().rstrip("=")
    jwt = "ey" + "JhbGciOiJIUzI1NiJ9." + payload + "." + letters(43, "signature")
    password = letters(14, "password")
    return {
        "Anthropic": ("sk-ant-" + "api03-" + anthropic, anthropic[10:40]),
        "OpenAI": ("sk-" + "proj-" + project, project[10:40]),
        "GitHub": ("gh" + "p_" + github, github[8:30]),
        "JWT": (jwt, payload[10:30]),
        "URL": (f"https://admin:{password}@db.example.com/x", password),
    }


KINDS = list(planted())
MENU = sorted(Path(page.file).stem for page in PortalPage if page.is_in_menu)
VARIANTS = [
    *((page, {}) for page in MENU),
    *(("node", {"kind": kind}) for kind in words.KINDS),
    ("case", {"id": "own"}),
    ("model_access", {"id": "notebook"}),
]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A portal with a case and a notebook that hold something; gives the wire and the links by name."""
    with portal(tmp_path, monkeypatch) as wire:
        kept, now = stores(settings()), dt.datetime.now(dt.UTC)
        case, notebook = kept.cases.create("Ticket 4711", now), kept.notebooks.create(now)
        rows = [access_facts(key_label=name, environment=name, tested_at=now) for name in ("one", "two")]
        kept.notebooks.add(notebook, rows, now)
        yield wire, {"own": case.own, "notebook": notebook}


def visit(page, query, known):
    """A new visitor on a page, with every box ticked that brings more fields."""
    opened = open_page(f"pages/{page}.py", **{name: known.get(value, value) for name, value in query.items()})
    for number in range(len(opened.checkbox)):
        if not opened.checkbox[number].disabled:
            opened.checkbox[number].check().run()
    return opened


def text_fields(page):
    """Every widget that takes any text, by its key."""
    free = [each for each in page.multiselect if each.proto.accept_new_options]
    free += [each for each in page.selectbox if each.proto.accept_new_options]
    return {each.key: each for each in (*page.text_input, *page.text_area, *page.chat_input, *free)}


def for_secrets(name):
    return any(part in name for part in typed.FOR_SECRETS)


def put(page, name, text):
    """Type into a field and press Enter."""
    fill(text_fields(page)[name], text).run()


def fill(field, text):
    """Type into a field without leaving it."""
    return field.set_value([*field.value, text]) if field.type == "multiselect" else field.set_value(text)


def sinks(page):
    """All that a page shows, keeps, or writes into its address, but for the fields that are made for secrets."""
    _, values = state_of(page)
    kept = "\n".join(f"{name}={value!r}" for name, value in values.items() if not for_secrets(name))
    return f"{shown_by(page)}\n{kept}"


def shown_by(page):
    """All that a page shows or writes into its address."""
    drawn = "\n".join(
        str(each.proto) for each in page_elements(page) if not for_secrets(getattr(each.proto, "id", "") or "")
    )
    return f"{page.query_params}\n{drawn}"


def page_elements(page):
    assert not page.exception
    return elements(page)


NAMES = [f"{page}-{'-'.join(query.values())}" for page, query in VARIANTS]


@pytest.mark.parametrize(("page", "query"), VARIANTS, ids=NAMES)
def test_a_secret_in_any_field_of_any_page_goes_no_further(site, logged, capfd, page, query):
    wire, known = site
    opened = visit(page, query, known)
    names = [name for name in text_fields(opened) if not for_secrets(name)]
    for kind, (secret, piece) in planted().items():
        for name in names:
            if name in text_fields(opened):
                put(opened, name, secret)
                assert piece not in sinks(opened), f"{kind} in {name}"
    for label in [each.label for each in opened.button]:
        pressed = next((each for each in opened.button if each.label == label and not each.disabled), None)
        if pressed is not None:
            for kind, (name, field) in zip(itertools.cycle(KINDS), text_fields(opened).items(), strict=False):
                if not for_secrets(name):  # typed, and the button pressed before the page could look at it
                    fill(field, planted()[kind][0])
            pressed.click().run()
            said = shown_by(opened)  # what Streamlit itself keeps of a field that is gone ends with the next run
            opened.run()
            assert not [kind for kind, (_, piece) in planted().items() if piece in said + sinks(opened)], label
    stores(settings()).storage.close()
    stored = [file.read_bytes().decode("latin-1") for file in Path(settings().data_dir).glob("reconnect.db*")]
    sent = [repr((each.path, each.headers, each.body)) for each in wire.requests]
    said = "\n".join([*stored, *sent, logged.getvalue(), *capfd.readouterr()])
    assert not [kind for kind, (_, piece) in planted().items() if piece in said]


def test_every_page_with_a_field_is_among_those_that_are_tried():
    assert {page for page, _ in VARIANTS} == {Path(page.file).stem for page in PortalPage}


@pytest.mark.parametrize("page", sorted({page for page, _ in VARIANTS}))
def test_a_secret_in_any_part_of_any_address_goes_no_further(site, logged, capfd, page):
    _, known = site
    names = "id model kind form auth n8n cause section status about who verdict where state family everything key env "
    names += "models result path anything"
    for kind, (secret, piece) in planted().items():
        opened = open_page(f"pages/{page}.py", **dict.fromkeys(names.split(), secret))
        assert piece not in sinks(opened), kind
        assert typed.IN_ADDRESS in [each.value for each in opened.warning]
    named = sinks(open_page(f"pages/{page}.py", **{secret: "x" for secret, _ in planted().values()}))
    assert not [kind for kind, (_, piece) in planted().items() if piece in named]
    for link in known.values():
        opened = open_page(f"pages/{page}.py", id=link)
        assert typed.IN_ADDRESS not in [each.value for each in opened.warning]
    said = logged.getvalue() + "".join(capfd.readouterr())
    assert not [kind for kind, (_, piece) in planted().items() if piece in said]


@pytest.mark.parametrize("page", ["case", "model_access"])
def test_a_private_link_stays_in_the_address_also_where_it_looks_like_a_password(site, page):
    link = next(link for link in iter(new_link, None) if redact(link, b"salt").text != link)
    opened = open_page(f"pages/{page}.py", id=link)
    assert opened.query_params["id"] == link
    assert typed.IN_ADDRESS not in [each.value for each in opened.warning]
    beside = open_page(f"pages/{page}.py", model=link)
    assert "model" not in beside.query_params


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_among_the_models_is_reported_at_the_field_and_never_sent(site, fake_key, kind):
    wire, _ = site
    secret, piece = planted()[kind]
    page = open_page(TEST_KEY)
    put(page, "test_key_models", secret)
    assert text_fields(page)["test_key_models"].value == ["claude-sonnet-5"]
    assert typed.EMPTIED in everything(page)
    press_test(page, fake_key())
    assert {each.json()["model"] for each in wire.requests if each.body} == {"claude-sonnet-5"}
    assert piece not in repr(wire.requests)
    put(page, "test_key_models", "claude-haiku-4-5")
    assert typed.EMPTIED not in everything(page)
    assert page.query_params["model"] == ["claude-sonnet-5", "claude-haiku-4-5"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_leaves_a_case_or_a_notebook_holds_no_secret(tmp_path, monkeypatch, kind):
    """The bundle, the ticket text, the print view and the CSV, of a case whose every text held one."""
    secret, piece = planted()[kind]
    now = dt.datetime.now(dt.UTC)
    with portal(tmp_path, monkeypatch):
        kept = stores(settings())
        case, notebook = kept.cases.create(f"Ticket {secret}", now), kept.notebooks.create(now)
        rows = [access_facts(key_label=f"a {secret}", environment=f"b {secret}", tested_at=now)]
        results = kept.notebooks.add(notebook, rows, now)
        kept.contributions.add_results(case.own, results, now)
        kept.contributions.add_note(case.own, f"My key is {secret}.", now, author=secret[:60])
        facts = KeptFacts(cause="invalid_key", certainty="certain", key_verdict="rejected", status=401)
        kept.contributions.add_diagnosis(case.own, facts, now, excerpt=f"x-api-key: {secret}")
        kept.checklist.add(case.own, [(f"live {secret}", f"credential {secret}")], now)
        opened = kept.cases.look(case.own, now)
        left = [case_file.bundle(opened, now).decode(), access_table.to_csv(results).decode("utf-8-sig"), repr(opened)]
        for query in ({}, {"form": "print"}):
            page = open_page(PortalPage.CASE.file, id=case.own, **query)
            assert "Ticket" in everything(page)
            left += [everything(page), state_of(page)[0]]
            left += [str(frame.value.to_csv()) for frame in page.dataframe]
        table = open_page(ACCESS, id=notebook)
        left += [everything(table), *(frame.value.to_csv() for frame in table.dataframe)]
    assert "Ticket" in left[0]
    assert not [number for number, text in enumerate(left) if piece in text]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_in_a_files_name_is_not_shown(kind):
    secret, piece = planted()[kind]
    paste = paste_box.uploaded(f"{secret}.json", b"Connection error.")
    assert piece not in repr(paste)
    assert paste_box.uploaded("run 4711.json", b"x").name == "run 4711.json"


FIELDS = {"text_input", "text_area", "chat_input"}
OWN_FIELDS = {
    "pages/parts/paste_box.py": ["text_area"],
    "pages/parts/case/additions.py": ["text_input"],
    "pages/parts/key/form.py": ["text_input", "text_input"],
    "pages/parts/typed.py": ["text_input", "text_area"],
}
"""Where a field is drawn that does not go through `pages.parts.typed`: those of `typed.FOR_SECRETS`."""


def test_fields_are_drawn_where_what_is_typed_is_checked():
    found, bound = {}, []
    for file in python_files(ROOT / "pages"):
        name = str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            options = {each.arg for each in node.keywords}
            if node.func.attr in FIELDS:
                found.setdefault(name, []).append(node.func.attr)
            if (node.func.attr in FIELDS or "accept_new_options" in options) and "bind" in options:
                bound.append((name, node.lineno))
            if "accept_new_options" in options:
                assert file.name == "typed.py"
    assert {file: sorted(names) for file, names in found.items()} == {f: sorted(n) for f, n in OWN_FIELDS.items()}
    assert bound == []
