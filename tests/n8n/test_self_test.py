"""The self-test workflow in a real n8n: its report for each fault, and what Diagnose makes of it.

The reports are kept in ``tests/data/self_test`` for tests that run without n8n. ``RENEW_SELF_TEST_REPORTS=1`` writes
them again; otherwise what n8n gives must still be what is kept, but for times and request ids.
"""

import json
import os
from typing import Any

import pytest

from core.diagnosis import diagnose
from core.n8n.choices import Auth, NodeChoices
from core.n8n.generate import OutputKind, document
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.faults import FAULTS
from tests.n8n.server import N8n
from tests.n8n.work import key, run, with_credentials
from tests.paths import DATA

KEPT = DATA / "self_test"
_CHANGING = {"latency_ms", "tested_at", "request_id"}


def _report(n8n: N8n, label: str, choices: NodeChoices) -> dict[str, Any]:
    done = run(document(OutputKind.SELF_TEST, choices), n8n, label)
    assert done.status == "success", done.error
    (report,) = done.items("Report")
    return report


def _same_as_kept(name: str, report: dict[str, Any]) -> None:
    file = KEPT / f"{name}.json"
    if os.environ.get("RENEW_SELF_TEST_REPORTS"):
        KEPT.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([report], indent=2, ensure_ascii=False) + "\n", "utf-8")
    (kept,) = json.loads(file.read_text("utf-8"))
    assert {k: v for k, v in report.items() if k not in _CHANGING} == {
        k: v for k, v in kept.items() if k not in _CHANGING
    }


@pytest.mark.n8n
@pytest.mark.parametrize("name", FAULTS)
def test_report_of_a_fault(n8n: N8n, anthropic: FakeAnthropic, name: str) -> None:
    anthropic.network = name if FAULTS[name].everywhere else None
    report = _report(n8n, name, NodeChoices(timeout_s=1 if name == "hang" else 300))
    _same_as_kept(name, report)
    assert report["ok"] is False
    assert report["network"]["reached"] is not FAULTS[name].everywhere
    assert len(json.dumps(report)) < 3000
    assert key(name) not in json.dumps(report)


@pytest.mark.n8n
@pytest.mark.usefixtures("anthropic")
@pytest.mark.parametrize("auth", Auth)
@pytest.mark.parametrize("version", [None, "1.20"])
def test_report_of_an_answer(n8n: N8n, auth: Auth, version: str | None) -> None:
    report = _report(n8n, "ok", NodeChoices(auth=auth, n8n_version=version))
    assert report["ok"] is True
    assert report["network"]["reached"] is True
    assert report.get("n8n_version") == (version and f"{version}.0")
    if auth is Auth.HEADER and version is None:
        _same_as_kept("ok", report)


@pytest.mark.n8n
@pytest.mark.usefixtures("anthropic")
def test_report_without_a_credential(n8n: N8n) -> None:
    done = n8n.run(n8n.create(document(OutputKind.SELF_TEST, NodeChoices())))
    (report,) = done.items("Report")
    _same_as_kept("no_credential", report)
    assert report["ok"] is False
    assert "redential" in report["message"]
    assert report["network"]["reached"] is True


@pytest.mark.n8n
@pytest.mark.usefixtures("anthropic")
def test_report_of_an_unknown_host(n8n: N8n) -> None:
    report = _report(n8n, "ok", NodeChoices(base_url="https://api.anthropic.invalid"))
    assert report["network"]["reached"] is False
    assert report["code"] in ("ENOTFOUND", "EAI_AGAIN")
    if report["code"] == "ENOTFOUND":
        _same_as_kept("unknown_host", report)


@pytest.mark.n8n
@pytest.mark.usefixtures("anthropic")
def test_report_of_a_port_where_nobody_listens(n8n: N8n) -> None:
    report = _report(n8n, "ok", NodeChoices(base_url="http://127.0.0.1:9"))
    _same_as_kept("refused", report)
    assert report["code"] == "ECONNREFUSED"


@pytest.mark.n8n
@pytest.mark.usefixtures("anthropic")
def test_report_of_an_unknown_model(n8n: N8n) -> None:
    made = document(OutputKind.SELF_TEST, NodeChoices(model="claude-sonnet-9"))
    report = n8n.run(n8n.create(with_credentials(made, n8n, "ok"))).items("Report")[0]
    _same_as_kept("model", report)
    assert (report["status"], report["message"]) == (404, "model: claude-sonnet-9")


CAUSES = {name: fault.cause for name, fault in FAULTS.items()} | {
    "ok": "no_failure",
    "no_credential": "missing_credential",
    "unknown_host": "dns_failure",
    "refused": "connection_refused",
    "model": "model_id_typo",
}


@pytest.mark.parametrize(("name", "cause"), CAUSES.items())
def test_kept_report_is_diagnosed_as_the_fault(name: str, cause: str) -> None:
    findings = diagnose((KEPT / f"{name}.json").read_text("utf-8")).findings
    assert findings[0].cause == cause
