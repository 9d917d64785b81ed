"""Every card's examples as people really send them: quoted, in a ticket, as HTML, stamped, joined to one line, …

What is wrapped around a text changes neither its cause nor, towards more, what is said about the key.
"""

import os
import random

import pytest

from core.causes.card import KeyVerdict
from core.causes.loader import load
from core.diagnosis import Diagnosis, diagnose
from tests.diagnosis.wrappings import WRAPPINGS, Wrapping
from tests.labelled import AS_OF

EXAMPLES = [(card.id, number, each.text) for card in load().values() for number, each in enumerate(card.example)]
SHARE = 0.995
SAMPLE = 5
"""Of so many examples one is tried with each wrapping; all of them where `CI` is set."""
EVERY = 1 if os.environ.get("CI", "").lower() == "true" else SAMPLE
CHANGED: frozenset[tuple[str, str]] = frozenset()
"""The examples that a wrapping changes, as (wrapping, example), with the reason."""


def read(text: str) -> Diagnosis:
    return diagnose(text, today=AS_OF)


ALONE = {(cause, number): read(text).findings[0] for cause, number, text in EXAMPLES}


def sample() -> list[tuple[Wrapping, str, int, str]]:
    cases = [(wrap, *example) for wrap in WRAPPINGS for example in EXAMPLES]
    return cases if EVERY == 1 else random.Random(1).sample(cases, len(cases) // EVERY)


def test_a_wrapping_leaves_the_first_cause_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    tried, changed, stronger = 0, set[tuple[str, str]](), []
    for wrap, cause, number, text in sample():
        alone, wrapped = ALONE[cause, number], read(wrap(text)).findings[0]
        tried += 1
        if wrapped.cause != alone.cause:
            changed.add((wrap.__name__, f"{cause}-{number}"))
        if alone.key_verdict is KeyVerdict.UNKNOWN and wrapped.key_verdict is not KeyVerdict.UNKNOWN:
            stronger.append((wrap.__name__, f"{cause}-{number}", wrapped.key_verdict))
    share = 1 - len(changed) / tried
    with capsys.disabled():
        print(f"\n{share:.2%} of {tried} wrapped examples keep their cause ({len(WRAPPINGS)} wrappings)")
    assert share >= SHARE
    assert changed <= CHANGED
    assert stronger == []
