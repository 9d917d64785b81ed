"""The entry: what a server gets from importing it, the configuration beside it, and the sentence for our own faults."""

import asyncio
import gc
import os
import subprocess
import sys
import tomllib

import httpx
import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

import streamlit_app
from core.sizes import MAX_UPLOAD_MB
from core.web import routes
from tests.paths import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())


def test_importing_the_entry_turns_off_the_pages_that_streamlit_would_serve_alone():
    """Without it, a deep link into a fresh process shows a page without menu, footer or title."""
    assert PagesManager.uses_pages_directory is False


def test_the_app_serves_page_routes_and_headers_together():
    async def ask(path):
        transport = httpx.ASGITransport(app=streamlit_app.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    page = asyncio.run(ask("/"))
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == routes.POLICY
    assert asyncio.run(ask("/api/health")).json()["status"] == "ok"
    assert asyncio.run(ask("/api/diagnose")).status_code == 405


def test_the_start_takes_what_it_loaded_out_of_the_collectors_reach():
    async def start():
        async with streamlit_app.lifespan(None):
            return gc.get_freeze_count()

    gc.unfreeze()  # what tests/conftest.py has frozen
    assert asyncio.run(start()) > 100_000


def test_the_configuration_keeps_to_the_limits_and_calls_nobody():
    assert CONFIG["server"]["maxUploadSize"] == MAX_UPLOAD_MB
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["showErrorLinks"] is False


def test_a_fault_of_ours_is_one_sentence_with_the_reference_that_the_log_has(caplog):
    def failing():
        from pages.parts import shell

        shell.report_script_error(ValueError("text of a paste"))

    page = AppTest.from_function(failing).run()
    sentence = page.error[0].value
    reference = sentence.rsplit(" ", 1)[1]
    assert "text of a paste" not in sentence
    assert any(reference in record.getMessage() for record in caplog.records)


def test_a_setting_that_cannot_be_used_ends_the_start_with_one_sentence():
    started = subprocess.run(
        [sys.executable, "-m", "uvicorn", "streamlit_app:app", "--port", "0"],
        cwd=ROOT, env={**os.environ, "RECONNECT_LOG_LEVEL": "loud"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert started.returncode != 0
    assert (
        "RECONNECT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “loud”: there is no such level."
        in started.stderr
    )
    assert "Traceback" not in started.stderr


def luminance(color):
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_in_both_themes(theme):
    colors = CONFIG["theme"][theme]
    grounds = [colors["backgroundColor"], colors["secondaryBackgroundColor"], colors["sidebar"]["backgroundColor"]]
    for ground in grounds:
        assert contrast(colors["textColor"], ground) >= 7
        assert contrast(colors["linkColor"], ground) >= 4.5
    assert contrast("#ffffff", colors["primaryColor"]) >= 4.5
    assert contrast(colors["primaryColor"], colors["backgroundColor"]) >= 3
    for hue in ("green", "red", "orange", "yellow", "blue", "gray"):
        assert contrast(colors[f"{hue}TextColor"], colors[f"{hue}BackgroundColor"]) >= 4.5
