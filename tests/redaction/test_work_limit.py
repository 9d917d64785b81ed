"""A text crowded with secrets is hidden wholesale: no secret survives, and the time stays linear."""

import pytest

from core.redaction import redact
from core.redaction.work_limit import MOST_PLACES


@pytest.mark.parametrize("place", ["password: {}\n", '{{"apiKey": "{}"}},', "Authorization: Bearer {}\n", "?key={}&"])
def test_nothing_survives_in_a_crowd(place: str) -> None:
    secrets = [f"Zq7{number:06d}Xw{number * 7919 % 999983:06d}" for number in range(MOST_PLACES + 50)]
    text = "start " + "".join(place.format(secret) for secret in secrets) + " end"
    redacted = redact(text).text
    assert redacted.startswith("start ")
    assert not [secret for secret in secrets if secret in redacted]


def test_a_crowded_cookie_is_one_secret() -> None:
    cookie = "; ".join(f"c{number}=v{number * 31 % 9973}qx" for number in range(MOST_PLACES + 2))
    redacted = redact(f"Cookie: {cookie}")
    assert "qx" not in redacted.text
    assert len(redacted.hidden) == 1
