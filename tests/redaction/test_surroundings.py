"""Secrets in many surroundings are gone, and what only looks like one stays: ``surroundings.toml``.

At first sight 88 %, 81 % and 76 % of the three rounds behind it were gone.
"""

import random
import tomllib
from pathlib import Path

import pytest

from core.redaction import redact
from tests.redaction.secrets import fill, survives

DATA = tomllib.loads(Path(__file__).with_name("surroundings.toml").read_text(encoding="utf-8"))
SALT = b"a salt of this test"


GONE = 0.99
"""Some random secrets come out like words; every other must be gone."""


def test_secrets_are_gone_and_stay_gone(capsys: pytest.CaptureFixture[str]) -> None:
    left = []
    for case in DATA["secret"]:
        generator = random.Random(case["text"])
        secret, text = fill(case["secret"], generator), fill(case["text"], generator)
        once = redact(text.replace("§", secret), SALT).text
        left += [case["text"]] if survives(secret, once) else []
        assert redact(once, SALT).text == once
    with capsys.disabled():
        print(f"\n{len(DATA['secret'])} secrets in surroundings: {1 - len(left) / len(DATA['secret']):.1%} gone")
    assert len(DATA["secret"]) >= 700
    assert len(left) <= (1 - GONE) * len(DATA["secret"]), left


@pytest.mark.parametrize("case", DATA["look_alike"], ids=[str(number) for number in range(len(DATA["look_alike"]))])
def test_look_alike_stays(case: dict[str, str]) -> None:
    assert redact(case["text"], SALT).text == case["text"]
