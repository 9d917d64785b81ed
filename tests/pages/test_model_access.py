"""The Model access page as a visitor meets it: a notebook behind its link, and nothing without it."""

import datetime as dt
import json
import stat

import pytest

from core.settings import settings
from core.storage import stores
from core.storage.access_results import AccessFacts, AccessOutcome, CallPath
from tests.pages.live import ACCESS, HAIKU, SONNET, TEST_KEY, button, open_page, portal, press_test, shown
from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic

NOW = dt.datetime.now(dt.UTC)
NOTHING_THERE = "There is nothing behind this link. It may be mistyped, expired, withdrawn or deleted."


@pytest.fixture
def wire(tmp_path, monkeypatch):
    with portal(tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def notebooks(wire):
    return stores(settings()).notebooks


def observed(model, *, days_ago=0, outcome=AccessOutcome.OK, label="team key", environment="production", **more):
    facts = {"latency_ms": 640, "request_id": fake.REQUEST_ID} | more
    return AccessFacts(
        key_label=label,
        key_fingerprint=stores(settings()).storage.secret.fingerprint(label),
        environment=environment,
        model=model,
        path=CallPath.DIRECT,
        host="api.anthropic.com",
        outcome=outcome,
        tested_at=NOW - dt.timedelta(days=days_ago),
        **facts,
    )


@pytest.fixture
def link(notebooks):
    """A notebook in which a key lost one of two models."""
    made = notebooks.create(NOW)
    rows = [
        observed(HAIKU, days_ago=3),
        observed(SONNET, days_ago=3),
        observed(HAIKU),
        observed(SONNET, outcome=AccessOutcome.FAILED, cause="credit_exhausted", status=400, latency_ms=None),
        observed(SONNET, label="spare <key>", environment="staging"),
    ]
    notebooks.add(made, rows, NOW)
    return made


def history(page):
    return page.dataframe[1].value


def test_without_a_link_the_page_says_what_a_notebook_is(wire):
    page = open_page(ACCESS)
    assert "only you have" in page.markdown[1].value
    assert [each.proto.label for each in page.get("page_link")] == ["Test a key"]
    assert not page.dataframe


@pytest.mark.parametrize("guess", ["x", "A" * 22, "../../etc/passwd", "' OR 1=1 --", "x" * 5000])
def test_a_guessed_link_gives_one_plain_page(wire, guess):
    page = open_page(ACCESS, id=guess)
    assert not page.exception
    assert [each.value for each in page.warning] == [NOTHING_THERE]
    assert not page.dataframe


def test_a_notebook_unused_for_long_gives_the_same_page(notebooks):
    made = notebooks.create(NOW - dt.timedelta(days=181))
    assert [each.value for each in open_page(ACCESS, id=made).warning] == [NOTHING_THERE]


def test_the_notebook_shows_now_what_changed_and_every_result(link):
    page = open_page(ACCESS, id=link)
    text = shown(page)
    assert "5 results, 2 keys, 2 models." in text
    assert f"lost {SONNET} between" in text
    assert "The Anthropic account has run out of credit." in text
    now = page.dataframe[0].value
    assert list(now.index) == [HAIKU, SONNET]
    assert sorted(now.loc[SONNET]) == ["✓ answers", "✗ fails: money"]
    assert len(history(page)) == 5
    assert history(page)["Request id"].iloc[0] == fake.REQUEST_ID


def test_the_same_is_there_as_a_real_table(link):
    text = shown(open_page(ACCESS, id=link))
    assert "<caption>The latest result of each model with each key</caption>" in text
    assert "<caption>Results, newest first</caption>" in text
    assert '<th scope="col">team key #' in text
    assert "✗ fails: money" in text
    assert "spare &lt;key&gt;" in text


def test_filters_from_the_address_narrow_everything(link):
    page = open_page(ACCESS, id=link, models=SONNET, result="fails")
    assert len(history(page)) == 1
    assert list(page.dataframe[0].value.index) == [SONNET]
    assert next(each for each in page.expander if each.label == "Filter").proto.expanded


def test_filters_that_nothing_fits_say_so(link):
    page = open_page(ACCESS, id=link, models=HAIKU, result="fails")
    assert [each.value for each in page.info] == ["No result has all of this. Take a filter away."]


def select(page, *positions):
    key = next(each.proto.id for each in page.dataframe if "access_history" in each.proto.id).split("-", 2)[-1]
    page.session_state[key] = {"selection": {"rows": list(positions), "columns": [], "cells": []}}
    return page.run()


def test_selected_results_are_deleted_and_the_others_stay(link, notebooks):
    page = select(open_page(ACCESS, id=link), 0)
    button(page, "Delete 1 selected result").click().run()
    assert len(history(page)) == 4
    assert len(notebooks.open(link, NOW).results) == 4


def test_without_a_selection_what_is_shown_is_meant(link, notebooks):
    page = open_page(ACCESS, id=link, result="fails")
    button(page, "Delete all 1 result shown").click().run()
    assert all(each.outcome is AccessOutcome.OK for each in notebooks.open(link, NOW).results)


def test_the_notebook_can_be_deleted_and_is_gone(link):
    page = open_page(ACCESS, id=link)
    button(page, "Delete it with all results").click().run()
    assert not page.exception
    assert [each.value for each in page.success] == ["The notebook and all its results are deleted."]
    assert [each.value for each in open_page(ACCESS, id=link).warning] == [NOTHING_THERE]


def test_testing_again_chooses_the_models_and_asks_for_the_key(link, wire, fake_key):
    page = select(open_page(ACCESS, id=link), 0)
    page.button("access_retest").click().run()
    assert [title.value for title in page.title] == ["Test a key"]
    assert page.multiselect[0].value == [history_model(link)]
    assert wire.requests == []
    wire.script = Anthropic(messages=fake.error(429, "rate_limit_error", "Number of requests has exceeded your limit"))
    page.switch_page(TEST_KEY)  # AppTest itself does not follow a switch that the script made
    page.query_params["model"] = SONNET
    press_test(page.run(), fake_key())
    assert "1 result of the key" in shown(page)
    assert len(stores(settings()).notebooks.open(link, NOW).results) == 6


def history_model(link):
    return sorted(stores(settings()).notebooks.open(link, NOW).results, key=lambda r: (r.tested_at, r.id))[-1].model


def test_an_empty_notebook_says_what_to_do(notebooks):
    page = open_page(ACCESS, id=notebooks.create(NOW))
    assert [each.value for each in page.info] == ["This notebook is empty. Test a key and keep the results."]


def test_a_database_that_can_only_be_read_is_shown_and_changes_nothing(link, tmp_path, monkeypatch):
    stores(settings()).storage.close()
    stores.cache_clear()
    monkeypatch.setattr("core.storage.engine.writable_file", lambda _: False)  # root may write to any file
    file = tmp_path / "data" / "reconnect.db"
    file.chmod(stat.S_IRUSR)
    page = open_page(ACCESS, id=link)
    assert "Read only:" in shown(page)
    assert len(history(page)) == 5
    assert next(each for each in page.get("popover") if each.proto.popover.label == "Delete").proto.popover.disabled


def test_without_a_database_the_page_says_why(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with portal(tmp_path, monkeypatch, RECONNECT_DATA_DIR=str(blocked / "data")):
        page = open_page(ACCESS, id="A" * 22)
        (problem,) = [each.value for each in page.error]
        assert "Nothing was changed" in problem or "cannot be used" in problem


def test_a_refused_key_shows_as_lost_access(notebooks, wire, fake_key):
    page = open_page(TEST_KEY, model=HAIKU)
    page.checkbox("notebook_keep").check().run()
    press_test(page, fake_key())
    wire.script = Anthropic(models=fake.error(401, "authentication_error", "invalid x-api-key"))
    press_test(page, fake_key())
    text = shown(open_page(ACCESS, id=page.session_state["notebook_link"]))
    assert f"lost {HAIKU}" in text
    assert "2 results, 1 key, 1 model." in text


def test_a_key_is_one_key_however_it_was_pasted(notebooks, wire, fake_key):
    page = open_page(TEST_KEY, model=HAIKU)
    page.checkbox("notebook_keep").check().run()
    for pasted in (fake_key(), f'"{fake_key()}"', f"Bearer {fake_key()}", f" {fake_key()}\n"):
        press_test(page, pasted)
    kept = notebooks.open(page.session_state["notebook_link"], NOW).results
    sent = {each.headers["x-api-key"] for each in wire.requests if "x-api-key" in each.headers}
    assert len(kept) == 4
    assert sent == {fake_key()}
    fingerprint = stores(settings()).storage.secret.fingerprint
    assert {each.key_fingerprint for each in kept} == {fingerprint(each) for each in sent}


def test_a_long_cause_is_cut_with_a_sign_and_is_whole_below(notebooks):
    made = notebooks.create(NOW)
    notebooks.add(made, [observed(SONNET, outcome=AccessOutcome.FAILED, cause="doubled_path", latency_ms=None)], NOW)
    page = open_page(ACCESS, id=made)
    title = "The Base URL is too long, so n8n calls a path that does not exist"
    assert history(page)["Cause"].iloc[0] == "The Base URL is too long, so n8n calls a …"
    assert title in shown(page)


def test_the_chart_writes_times_as_the_table_does(notebooks):
    made = notebooks.create(NOW)
    notebooks.add(made, [observed(SONNET, days_ago=days) for days in (3, 2, 1)], NOW)
    (chart,) = open_page(ACCESS, id=made).get("vega_lite_chart")
    layers = json.loads(chart.proto.spec)["layer"]
    assert {each["encoding"]["x"]["axis"]["format"] for each in layers} == {"%-d %b, %H:%M"}
    assert "%H:%M" in next(
        each["tooltip"][0]["format"] for each in (layer["encoding"] for layer in layers) if "tooltip" in each
    )
