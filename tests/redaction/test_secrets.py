"""Measure redaction on generated secrets and on look-alikes, and print the figures (``pytest -s``)."""

from collections import Counter

import pytest

from core.redaction import redact
from tests.redaction.lookalikes import LOOK_ALIKES
from tests.redaction.secrets import cases, survives

pytestmark = pytest.mark.xdist_group("made-up secrets")

SALT = b"a salt of this test"
GONE = 0.99
"""The share of the secrets that must be gone; 95 % is what we promise for secrets that nobody here has seen."""


@pytest.mark.parametrize("seed", [1, 2])
def test_secrets_of_every_kind_are_gone(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    everything = cases(seed)
    assert len(everything) >= 400
    left = [case for case in everything if survives(case.secret, redact(case.text, SALT).text)]
    with capsys.disabled():
        share = 1 - len(left) / len(everything)
        print(
            f"\n{len(everything)} secrets, seed {seed}: {share:.1%} gone; left: {dict(Counter(c.kind for c in left))}"
        )
    assert len(left) <= (1 - GONE) * len(everything), [(case.kind, case.text) for case in left]


def test_a_reader_finds_nearly_every_secret_before_redaction() -> None:
    everything = cases(1)
    seen = sum(survives(case.secret, case.text) for case in everything)
    assert seen >= 0.98 * len(everything)


def test_look_alikes_stay(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(LOOK_ALIKES) >= 91
    changed = {name: text for name, text in LOOK_ALIKES.items() if redact(text, SALT).text != text}
    with capsys.disabled():
        print(f"\n{len(LOOK_ALIKES)} look-alikes: {len(changed)} hidden")
    assert not changed


def test_redacting_again_changes_nothing() -> None:
    for case in cases(3)[::3]:
        once = redact(case.text, SALT).text
        assert redact(once, SALT).text == once, case
