"""The Test a key page as a visitor meets it, against a fake Anthropic behind the portal's own proxy."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.net.route import trust
from core.probe.request import MAX_TOKENS
from core.probe.result import ProbeStep, StepEvent, StepOutcome
from core.text import key_report
from tests.pages.live import (
    HAIKU,
    SONNET,
    TEST_KEY,
    everything,
    key_field,
    open_page,
    portal,
    press_test,
    shown,
)
from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic, FakeServer
from tests.reading_grade import reading_grade

REFUSED = fake.error(401, "authentication_error", "invalid x-api-key")
GONE = fake.error(404, "not_found_error", "model: claude-3-haiku-20240307")
NO_CREDIT = fake.error(
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase "
    "credits.",
)


@pytest.fixture
def wire(tmp_path, monkeypatch):
    with portal(tmp_path, monkeypatch) as opened:
        yield opened


def headings(page):
    return re.findall(r"<h2>(.*?)</h2>", shown(page))


def badges(page):
    return " ".join(each.value for each in page.markdown if "-badge[" in each.value)


def test_the_page_says_what_happens_to_the_key_and_what_a_test_costs(wire):
    page = open_page(TEST_KEY)
    text = shown(page)
    assert [title.value for title in page.title] == ["Test a key"]
    assert "never stored, logged or shown" in text
    assert f"at most {MAX_TOKENS} out" in text
    assert any("Rather not paste your key?" in each.label for each in page.expander)
    assert wire.requests == []


def test_a_good_key_works_with_the_chosen_models(wire, fake_key):
    page = press_test(open_page(TEST_KEY, model=[HAIKU, SONNET]), fake_key())
    assert headings(page) == [f"The key works with {HAIKU} and {SONNET}"]
    assert "Valid: Anthropic knows this key." in shown(page)
    assert "Key: valid" in badges(page)
    text = shown(page)
    assert "Tested from this portal&#x27;s network, not from your n8n." in text
    assert "✓ answers" in text
    assert fake.REQUEST_ID in text
    assert fake.ORGANIZATION in text
    assert "wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ" in text
    assert "49 of 50 left" in text
    assert "Whether the credential in your n8n has this same key." in text
    assert {each.json()["model"] for each in wire.requests if each.body} == {HAIKU, SONNET}


def test_the_words_that_the_cards_send_people_to_are_on_the_page(wire, fake_key):
    """Cards say under "How to check": the result must say "Key: valid", the model's row must say "answers"."""
    page = press_test(open_page(TEST_KEY, model=HAIKU), fake_key())
    assert any("Key: valid" in each.value for each in page.markdown)
    assert re.search(rf'<th scope="row">{HAIKU}</th><td[^>]*>✓ answers</td>', shown(page))


def test_a_refused_key_is_called_rejected(wire, fake_key):
    wire.script = Anthropic(models=REFUSED)
    page = press_test(open_page(TEST_KEY), fake_key())
    assert headings(page) == ["Anthropic does not accept this key"]
    assert "Rejected by Anthropic: its own answer refuses this key." in shown(page)
    assert "Key: rejected by Anthropic" in badges(page)
    assert "About this error" in [each.proto.label for each in page.get("page_link")]


def test_a_retired_model_leaves_the_key_good(wire, fake_key):
    wire.script = Anthropic(model=GONE, messages=GONE)
    page = press_test(open_page(TEST_KEY, model="claude-3-haiku-20240307"), fake_key())
    assert "Key: valid" in badges(page)
    assert headings(page) == ["claude-3-haiku-20240307 has been retired"]
    assert "It needs a model that still exists." in shown(page)


def test_spent_credit_stops_the_other_models_and_keeps_the_key_good(wire, fake_key):
    wire.script = Anthropic(messages=NO_CREDIT)
    page = press_test(open_page(TEST_KEY, model=[HAIKU]), fake_key())
    assert "Key: valid" in badges(page)
    assert headings(page) == ["The Anthropic account has run out of credit"]
    assert "It can&#x27;t get an answer until the account has credit." in shown(page)
    assert shown(page).count("run out of credit") == 3, "the heading, what a screen reader says, and the model's row"


def test_everything_the_key_can_see_is_tested(wire, fake_key):
    page = open_page(TEST_KEY, everything="true")
    assert not page.multiselect
    page = press_test(page, fake_key())
    assert headings(page) == [f"The key works with {HAIKU} and claude-sonnet-5-5"]
    assert "claude-sonnet-5-5" in shown(page)


def test_a_portal_without_a_connection_does_not_judge_the_key_or_n8n(wire, fake_key):
    wire.proxy.__exit__()
    page = press_test(open_page(TEST_KEY), fake_key())
    assert "this portal" in headings(page)[0]
    assert "Key: not checked" in badges(page)
    assert "This portal&#x27;s admin" in shown(page)
    assert "who runs n8n" not in shown(page)


@pytest.mark.parametrize(("before", "after"), [("", "\n"), ('"', '"'), ("Bearer ", "")])
def test_what_is_around_the_key_is_named_and_not_sent(wire, fake_key, before, after):
    page = press_test(open_page(TEST_KEY, model=HAIKU), f"{before}{fake_key()}{after}")
    assert headings(page) == [f"The key works with {HAIKU}"]
    named = "But what you pasted is more than the key." in shown(page)
    assert named is (before != "")
    assert wire.requests[-1].headers["x-api-key"] == fake_key()


def test_another_vendors_key_is_not_sent(wire, fake_key):
    page = press_test(open_page(TEST_KEY), "sk-or-v1-" + "a1" * 32)
    assert "Key: can't be a key" in badges(page)
    assert headings(page) == ["This key belongs to another service"]
    assert "Can&#x27;t be a key: nothing was sent." in shown(page)
    assert "<strong>Why:</strong> " in shown(page)
    assert "OpenRouter" in shown(page)
    assert "network, not from your n8n" not in everything(page), "nothing was sent, so it was tested from nowhere"
    assert wire.requests == []


def test_an_empty_field_is_answered_beside_it(wire):
    page = press_test(open_page(TEST_KEY), "  ")
    assert [each.value for each in page.error] == ["The key field is empty. Paste the key, then press the button."]
    assert wire.requests == []


def test_the_field_is_a_new_one_after_each_test(wire, fake_key):
    page = open_page(TEST_KEY)
    first = key_field(page).key
    press_test(page, fake_key())
    assert key_field(page).key != first
    assert key_field(page).value == ""
    assert first not in page.session_state


def test_the_key_leaves_the_session_even_if_the_test_cannot_begin(wire, fake_key):
    page = open_page(TEST_KEY)
    first = key_field(page).key
    trust.cache_clear()
    Path(wire.settings["RECONNECT_CA_FILE"]).unlink()  # it was there when the settings were read
    press_test(page, fake_key())
    assert not page.exception
    assert first not in page.session_state
    (warning,) = [each.value for each in page.warning]
    assert warning.startswith("The test failed inside this portal, so your key was not judged.")
    assert wire.requests == []


def test_retired_models_are_marked_in_the_picker(wire):
    labels = open_page(TEST_KEY).multiselect[0].proto.options
    assert any("claude-3-haiku-20240307: retired on" in each for each in labels)
    assert any("retires in" in each or "deprecated" in each for each in labels)


def test_the_address_chooses_models_and_nothing_else(wire):
    page = open_page(
        TEST_KEY,
        model=HAIKU,
        test_key_base_url="https://evil.example",
        base_url="https://evil.example",
        test_key_header="x-evil",
        notebook_link="a-notebook",
    )
    assert page.multiselect[0].value == [HAIKU]
    assert page.text_input("test_key_base_url").value == ""
    assert page.text_input("test_key_header").value == ""
    assert "evil.example" not in everything(page)


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    """A gateway on plain http that the operator lists, and a portal with a proxy of its own."""
    with FakeServer(Anthropic()) as server:
        listed = f"http://127.0.0.1:{server.port}=127.0.0.0/8"
        with portal(tmp_path, monkeypatch, RECONNECT_ALLOWED_TARGETS=listed):
            yield server


def test_another_host_gets_the_key_only_after_consent(gateway, fake_key):
    page = open_page(TEST_KEY, model=HAIKU)
    page.text_input("test_key_base_url").set_value(f"http://127.0.0.1:{gateway.port}").run()
    page.text_input("test_key_header").set_value("x-team").run()
    assert f"127.0.0.1:{gateway.port}, which is not Anthropic" in shown(page)
    press_test(page, fake_key())
    assert [each.value for each in page.error] == ["Nothing was sent. Tick the box if the key may go to this address."]
    assert gateway.requests == []
    consent(page).check()
    header_value(page).set_value("blue team")
    press_test(page, fake_key())
    assert headings(page) == [f"The key works with {HAIKU} through 127.0.0.1"]
    assert "Your gateway (127.0.0.1) accepts this key. Whether Anthropic would accept it was not checked." in shown(
        page
    )
    assert "Key: not checked" in badges(page)
    assert gateway.requests[-1].headers["x-team"] == "blue team"
    assert not consent(page).value, "the next test asks again"


def test_a_gateways_refusal_says_nothing_about_a_key_of_anthropic(gateway, fake_key):
    gateway._script = Anthropic(models=REFUSED, messages=REFUSED, model=REFUSED)
    page = open_page(TEST_KEY, model=HAIKU)
    page.text_input("test_key_base_url").set_value(f"http://127.0.0.1:{gateway.port}").run()
    consent(page).check()
    press_test(page, fake_key())
    assert "Key: not checked" in badges(page)
    assert headings(page) == ["127.0.0.1 did not accept this key"]
    assert "Whether Anthropic would accept it was not checked." in shown(page)


@pytest.mark.parametrize(
    "address", ["http://api.anthropic.com", "https://169.254.169.254", "https://api.anthropic.com/v1", "ftp://x", "a b"]
)
def test_an_address_that_cannot_be_tested_says_why_and_sends_nothing(wire, fake_key, address):
    page = open_page(TEST_KEY)
    page.text_input("test_key_base_url").set_value(address).run()
    if consents := [each for each in page.checkbox if each.label == "Yes, send it there"]:
        consents[0].check()  # the grammar takes a literal address; the look-up refuses it
    press_test(page, fake_key())
    assert wire.requests == []
    assert "Key: rejected by Anthropic" not in badges(page)
    told = "This address cannot be tested." in shown(page)
    assert told or "Not checked: " in shown(page)


def consent(page):
    return next(each for each in page.checkbox if each.label == "Yes, send it there")


def header_value(page):
    return next(each for each in page.text_input if each.key.startswith("test_key_value_"))


def test_many_tests_in_a_short_time_are_refused_in_words(tmp_path, monkeypatch, fake_key):
    with portal(tmp_path, monkeypatch, RECONNECT_TESTS_PER_SESSION="1") as wire:
        page = press_test(open_page(TEST_KEY), fake_key())
        before = len(wire.requests)
        press_test(page, fake_key())
        (warning,) = [each.value for each in page.warning]
        assert warning.startswith("You have made many tests in a short time. Nothing was sent")
        assert len(wire.requests) == before


def test_without_a_database_the_test_works_and_says_what_it_cannot_keep(tmp_path, monkeypatch, fake_key):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with portal(tmp_path, monkeypatch, RECONNECT_DATA_DIR=str(blocked / "data")):
        page = open_page(TEST_KEY, model=HAIKU)
        assert "Nothing can be kept now." in shown(page)
        assert page.checkbox("notebook_keep").disabled
        press_test(page, fake_key())
        assert headings(page) == [f"The key works with {HAIKU}"]


def test_results_are_kept_on_request_and_the_link_is_shown_once(wire, fake_key):
    page = open_page(TEST_KEY, model=[HAIKU, SONNET])
    page.checkbox("notebook_keep").check().run()
    page.text_input("notebook_key_name").set_value("team key").run()
    page.text_input("notebook_environment").set_value("production").run()
    press_test(page, fake_key())
    assert "2 results of the key “team key” (#" in shown(page)
    links = [each.value for each in page.code if "/access?id=" in each.value]
    assert len(links) == 1
    press_test(page, fake_key())
    assert "2 results of the key “team key” (#" in shown(page)
    assert not [each.value for each in page.code if "/access?id=" in each.value]


def test_who_asks_to_keep_a_result_too_late_reads_why_not(wire, fake_key):
    page = press_test(open_page(TEST_KEY, model=HAIKU), fake_key())
    assert "The results above were not kept." not in shown(page)
    page.checkbox("notebook_keep").check().run()
    assert "The results above were not kept." in shown(page)
    press_test(page, fake_key())
    assert "The results above were not kept." not in shown(page)


def test_nothing_is_kept_unless_asked(wire, fake_key, tmp_path):
    press_test(open_page(TEST_KEY, model=HAIKU), fake_key())
    assert "Kept:" not in shown(open_page(TEST_KEY))
    assert b"api.anthropic.com" not in b"".join(each.read_bytes() for each in (tmp_path / "data").glob("reconnect.db*"))


def test_the_ticket_says_the_verdict_the_facts_and_what_was_not_tested(wire, fake_key):
    wire.script = Anthropic(messages=NO_CREDIT)
    page = press_test(open_page(TEST_KEY, model=HAIKU), fake_key())
    ticket = next(each.value for each in page.code if "Facts for the engineer" in each.value)
    for part in ("credit_exhausted", fake.REQUEST_ID, "Key: valid", "not from your n8n", "Not tested:", "1. "):
        assert part in ticket


def at(page, part):
    """Where on the page the first text with these words stands, counted in elements."""
    return next(number for number, each in enumerate(in_order(page._tree)) if part in str(getattr(each, "proto", "")))


def in_order(node):
    for child in getattr(node, "children", {}).values():
        yield child
        yield from in_order(child)


def test_the_result_is_right_under_the_button(wire, fake_key):
    page = press_test(open_page(TEST_KEY, model=HAIKU), fake_key())
    places = [at(page, part) for part in ("Test this key", "The key works with", "My n8n calls another", "Keep these")]
    assert places == sorted(places)


def steps_of(*events, chosen):
    """The steps as a visitor sees them, with "running" or what came of each, and the line below them."""

    def draw(events, chosen):
        from pages.parts.key import result

        result.timeline(events, chosen)

    page = AppTest.from_function(draw, args=(events, chosen)).run()
    assert not page.exception
    return [(each.label, each.state) for each in page.status], [each.value for each in page.text]


def begins(step, model=None):
    return StepEvent(step=step, model=model)


def ends(step, model=None, outcome=StepOutcome.OK):
    return StepEvent(step=step, outcome=outcome, model=model)


def test_while_a_model_takes_its_time_its_step_is_shown_as_running():
    looked_up = [begins(ProbeStep.MODEL, HAIKU), ends(ProbeStep.MODEL, HAIKU)]
    steps, texts = steps_of(ends(ProbeStep.AUTHENTICATION), *looked_up, begins(ProbeStep.MESSAGE, HAIKU), chosen=1)
    assert steps == [
        ("Call with the key", "complete"),
        ("Look up the models", "complete"),
        ("Send each model a message", "running"),
    ]
    assert texts == []


def test_several_models_are_counted_while_they_run():
    told = [
        begins(ProbeStep.MODEL, HAIKU),
        ends(ProbeStep.MODEL, HAIKU),
        begins(ProbeStep.MESSAGE, HAIKU),
        ends(ProbeStep.MESSAGE, HAIKU),
    ]
    told += [begins(ProbeStep.MODEL, SONNET)]
    steps, texts = steps_of(*told, chosen=3)
    assert [state for _, state in steps] == ["running", "running"]
    assert texts == ["1 of 3 models done so far"]
    assert steps_of(*told, chosen=0)[1] == ["1 model done so far"]


def test_the_pages_own_sentences_are_easy_to_read(wire, fake_key):
    from pages.parts.key import form

    page = open_page(TEST_KEY)
    sentences = [form.PRIVACY, key_report.cost(3), *(each.value for each in page.markdown)]
    assert reading_grade(" ".join(sentences)) <= 8


def test_a_strangers_answer_is_never_markup(wire, fake_key):
    nasty = "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) [y](https://evil.example)"
    wire.script = Anthropic(messages=fake.error(400, "invalid_request_error", nasty))
    page = press_test(open_page(TEST_KEY, model=[HAIKU, "www.evil.example"]), fake_key())
    assert "<img" not in shown(page)
    drawn = [*(each.value for each in (*page.markdown, *page.caption, *page.warning, *page.error))]
    drawn += [each.label for each in (*page.expander, *page.status, *page.button)]
    assert not [each for each in drawn if "evil.example" in each]
