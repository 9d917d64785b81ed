"""What the tests of storage write, and the settings they write it with."""

import datetime as dt
from pathlib import Path

from core.settings import Settings, load
from core.storage.access_results import AccessFacts, AccessOutcome, CallPath

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SECRET = "a secret for tests"


def settings_for(folder: Path, address: str | None = None, **more: str) -> Settings:
    chosen = {"RECONNECT_DATA_DIR": str(folder), "RECONNECT_SECRET": SECRET, **more}
    return load(chosen | ({"RECONNECT_DATABASE_URL": address} if address else {}))


def access_facts(**changes: object) -> AccessFacts:
    facts = {
        "key_label": "Production key",
        "key_fingerprint": "0f" * 16,
        "environment": "production",
        "model": "claude-sonnet-5",
        "path": CallPath.DIRECT,
        "host": "api.anthropic.com",
        "outcome": AccessOutcome.OK,
        "tested_at": NOW,
        "status": 200,
        "latency_ms": 812,
        "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    }
    return AccessFacts(**(facts | changes))
