"""The page that makes a node, as a visitor meets it, run by Streamlit's own test runner from the entry."""

import datetime as dt
import json

import pytest
from streamlit.testing.v1 import AppTest

from core.models.catalogue import ModelState, load
from core.n8n.generate import WorkflowForm
from core.settings import settings
from pages.parts.links import PortalPage
from pages.parts.node import page_links, words
from tests.paths import ROOT
from tests.reading_grade import reading_grade

RETIRED = "claude-3-haiku-20240307"


@pytest.fixture
def opened():
    """Opens the page at an address: ``opened(kind="Self-test")``."""

    def at(**query):
        page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30).run()
        page.switch_page(PortalPage.NODE.file)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    return at


def made(page):
    """The JSON that can be copied."""
    shown(page)
    return json.loads(page.code[0].value)


def call(page):
    """The HTTP Request node that calls Claude."""
    return next(node for node in made(page)["nodes"] if node["name"] == "Call Claude")


def shown(page):
    """All our own markup on the page, as text; the page must not have failed."""
    assert not page.exception
    return "\n".join(each.proto.body for each in page.get("html"))


def field(page, name):
    return next(each for each in [*page.text_input, *page.text_area, *page.number_input] if each.key == f"node_{name}")


def fill(page, name, value):
    field(page, name).set_value(value).run()
    return page


def test_the_page_opens_with_a_node_that_can_be_copied_at_once(opened):
    page = opened()
    assert call(page)["type"] == "n8n-nodes-base.httpRequest"
    assert set(made(page)) == {"nodes", "connections"}
    text = shown(page)
    assert "no key and no credential is in it." in text
    assert "Press Ctrl+V." in text
    assert "x-api-key" in text


@pytest.mark.parametrize("kind", [kind for kind in words.KINDS if kind != "curl"])
@pytest.mark.parametrize("form", words.FORMS)
def test_every_kind_is_made_for_every_import_path(opened, kind, form):
    page = opened(kind=kind, form=form)
    assert not page.error
    document = made(page)
    door = WorkflowForm.CLIPBOARD if kind == page_links.ONE_NODE else words.FORMS[form]
    assert ("settings" in document) == (door is not WorkflowForm.CLIPBOARD)
    assert ("id" in document) == (door is WorkflowForm.WORKFLOW)


def test_curl_is_a_command_for_a_terminal(opened):
    page = opened(kind="curl")
    (command,) = [each.value for each in page.code]
    assert command.startswith("curl ")
    assert "Then in a terminal" in shown(page)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (page_links.ONE_NODE, "n8n-node-claude-sonnet-5.json"),
        (page_links.SELF_TEST, "n8n-self-test-claude-sonnet-5.json"),
        ("Error report", "n8n-error-report.json"),
        ("curl", "curl-claude-sonnet-5.sh"),
    ],
)
def test_a_download_is_named_by_what_it_holds(opened, kind, name):
    assert opened(kind=kind).get("download_button")[0].proto.label == f"Download {name}"


def test_retired_models_are_not_in_the_list_and_ending_ones_are_marked(opened):
    offered = opened().selectbox("model").options
    state = {label: load().state(label.removesuffix(words.ENDS_SOON), _today()) for label in offered}
    assert ModelState.RETIRED not in state.values()
    marked = {label for label in offered if label.endswith(words.ENDS_SOON)}
    assert marked == {label for label, each in state.items() if each is ModelState.DEPRECATED}
    assert offered[0] == "claude-sonnet-5"


def test_a_link_to_a_model_chooses_it(opened):
    page = opened(model="claude-haiku-4-5-20251001")
    assert '"claude-haiku-4-5-20251001"' in call(page)["parameters"]["jsonBody"]


def test_a_link_to_a_retired_model_chooses_its_successor_and_says_so(opened):
    page = opened(model=RETIRED)
    assert f"The link asked for {RETIRED}: retired on 20 April 2026" in shown(page)
    assert RETIRED not in call(page)["parameters"]["jsonBody"]
    page.run()
    assert '"claude-haiku-4-5-20251001"' in call(page)["parameters"]["jsonBody"]


def test_a_link_to_an_ending_model_chooses_it_and_warns(opened):
    ending = next(each.model.id for each in load().usable(_today()) if each.retiring)
    page = opened(model=ending)
    assert f'"{ending}"' in call(page)["parameters"]["jsonBody"]
    assert "Good to know:" in shown(page)


def test_a_retired_model_that_is_typed_is_refused_with_the_reason(opened):
    page = fill(opened(), "other_model", RETIRED)
    assert [each.value for each in page.error] == ["There is nothing to copy yet. Fix this first:"]
    assert "retired on 20 April 2026" in shown(page)
    assert not page.code


def test_what_the_model_refuses_cannot_be_chosen_and_shows_the_reason(opened):
    page = opened(model="claude-haiku-4-5-20251001")
    assert not field(page, "temperature").disabled
    fill(page, "temperature", 0.5)
    assert "temperature: 0.5" in call(page)["parameters"]["jsonBody"]
    page.selectbox("model").set_value("claude-sonnet-5").run()
    assert field(page, "temperature").disabled
    assert "temperature" not in call(page)["parameters"]["jsonBody"]
    assert "claude-sonnet-5 no longer takes temperature (400)." in shown(page)


def test_only_the_kinds_of_thinking_that_the_model_takes_are_offered(opened):
    page = opened(model="claude-haiku-4-5-20251001")
    thinking = next(each for each in page.selectbox if each.key == "node_thinking")
    assert thinking.options == [words.BY_ITSELF, "Up to a budget", "Off"]
    thinking.set_value("Up to a budget").run()
    fill(page, "max_tokens", 4000)
    assert '"budget_tokens": 1024' in call(page)["parameters"]["jsonBody"]
    page.selectbox("model").set_value("claude-sonnet-5").run()
    assert "budget" not in call(page)["parameters"]["jsonBody"]


@pytest.mark.parametrize("name", ["base_url", "prompt", "system", "node_name", "credential_name", "other_model"])
def test_a_key_is_refused_with_the_reason_and_nothing_is_offered(opened, fake_key, name):
    page = opened()
    fill(page, name, f"https://{fake_key()}.example.com" if name == "base_url" else fake_key())
    text = shown(page)
    assert "This looks like a secret" in text
    assert fake_key()[14:40] not in text
    assert not page.code
    assert not page.get("download_button")


def test_the_portals_intake_token_is_refused(opened, monkeypatch):
    monkeypatch.setenv("RECONNECT_INTAKE_TOKEN", "token-of-this-portal")
    settings.cache_clear()
    try:
        page = fill(opened(), "base_url", "https://gateway.example.com/token-of-this-portal")
        assert "the portal&#x27;s intake token" in shown(page)
        assert not page.code
    finally:
        settings.cache_clear()


def test_a_problem_is_under_its_field_and_at_the_top(opened):
    page = fill(opened(), "base_url", "http://gateway.example.com")
    assert shown(page).count("The address begins with http://.") == 2


def test_base_url_and_prompt_are_never_taken_from_a_link(opened):
    page = opened(base_url="https://evil.example", node_base_url="https://evil.example", node_prompt="x", prompt="x")
    assert call(page)["parameters"]["url"] == "https://api.anthropic.com/v1/messages"
    assert "$json.prompt" in call(page)["parameters"]["jsonBody"]


def test_the_credential_way_and_an_old_n8n_come_from_the_link(opened):
    page = opened(auth="Anthropic", n8n="1.20.3")
    assert call(page)["parameters"]["nodeCredentialType"] == "anthropicApi"
    assert call(page)["typeVersion"] == 4.1
    assert "n8n: Anthropic" in shown(page)


@pytest.mark.parametrize("version", ["0.9", "new", "2"])
def test_what_is_no_n8n_version_is_answered_under_the_field(opened, version):
    page = opened(n8n=version)
    assert "Problem:" in shown(page)
    assert not page.code


def test_the_picture_shows_what_is_in_the_node(opened):
    page = fill(opened(), "base_url", "https://gateway.example.com")
    fill(page, "tries", 3)
    text = shown(page)
    assert "https://gateway.example.com/v1/messages" in text
    assert "Max. Tries" in text
    node = call(page)
    assert (node["retryOnFail"], node["maxTries"]) == (True, 3)


def test_the_body_is_as_n8n_shows_it_and_says_how_to_type_it(opened):
    page = opened()
    text = shown(page)
    assert ">={{" not in text
    assert ">{{ JSON.stringify(" in text
    assert "switch the field to Expression first" in text
    assert call(page)["parameters"]["jsonBody"].startswith("={{")


@pytest.mark.parametrize("auth", words.AUTHS)
def test_what_is_set_in_n8n_is_no_field_of_this_page(opened, auth):
    """A box with "your key" in it would be asked for the key."""
    text = shown(opened(auth=auth))
    assert "rc-panel" not in text.split("</style>")[-1]
    assert '<td data-label="What is in it">your key, and nothing else</td>' in text


@pytest.mark.parametrize("kind", words.KINDS)
def test_no_code_has_the_pale_colours_of_a_language(opened, kind):
    assert {each.language for each in opened(kind=kind, form="Send to n8n's API").code} <= {None, "plaintext", ""}


def test_text_of_a_person_is_escaped(opened):
    page = fill(opened(), "node_name", "<img src=x onerror=alert(1)>")
    assert "<img" not in shown(page)


def test_the_error_report_says_when_the_portal_takes_none(opened):
    assert "This portal does not take reports yet." in shown(opened(kind="Error report"))


def test_the_error_report_knows_the_portals_address(opened, monkeypatch):
    monkeypatch.setenv("RECONNECT_BASE_URL", "https://help.example.com")
    monkeypatch.setenv("RECONNECT_INTAKE_TOKEN", "token-of-this-portal")
    settings.cache_clear()
    try:
        page = opened(kind="Error report")
        (send,) = [node for node in made(page)["nodes"] if node["name"] == "Send the report"]
        assert send["parameters"]["url"] == "https://help.example.com/api/intake"
        assert "takes no reports yet" not in shown(page)
    finally:
        settings.cache_clear()


def test_an_error_can_leave_by_a_second_output(opened):
    page = opened()
    page.radio("node_on_error").set_value("Go on at a second output, for errors").run()
    assert call(page)["onError"] == "continueErrorOutput"
    assert "Continue (using error output)" in shown(page)


def test_a_chats_secret_address_is_refused(opened):
    page = opened(kind="Error report")
    next(each for each in page.selectbox if each.key == "node_report_to").select_index(1).run()
    fill(page, "report_url", "https://hooks.example.com/services/T0000000000/B0000000000/abcdefghijklmnopqrstuvwx")
    assert "anyone who has it can write to your chat" in shown(page)
    assert not page.code


def test_the_fallback_takes_a_second_model(opened):
    page = opened(kind="Fallback")
    next(each for each in page.selectbox if each.key == "node_second_model").set_value(
        "claude-haiku-4-5-20251001"
    ).run()
    assert "claude-haiku-4-5-20251001" in json.dumps(made(page))


def test_what_was_typed_outlives_a_visit_to_another_page(opened):
    page = fill(opened(), "prompt", "Tell me about {{ $json.topic }}")
    page.switch_page(PortalPage.ERRORS.file).run()
    page.switch_page(PortalPage.NODE.file).run()
    assert field(page, "prompt").value == "Tell me about {{ $json.topic }}"


@pytest.mark.parametrize("kind", words.KINDS)
def test_the_pages_sentences_are_easy_to_read(opened, kind):
    page = opened(kind=kind)
    prose = " ".join(each.value for each in page.markdown) + " " + shown(page).replace("</", ". </")
    assert reading_grade(prose) <= 8


def _today():
    return dt.datetime.now(dt.UTC).date()
