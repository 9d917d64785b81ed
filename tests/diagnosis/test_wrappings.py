"""Every card's examples as people really send them: quoted, in a ticket, as HTML, stamped, joined to one line, …

What is wrapped around a text changes neither its cause nor, towards more, what is said about the key.
"""

import os
import random

import pytest

from core.causes.loader import load
from core.diagnosis import Diagnosis, diagnose
from core.diagnosis.key_verdict import CLAIMS
from tests.diagnosis.wrappings import WRAPPINGS
from tests.labelled import AS_OF

EXAMPLES = [(card.id, number, each.text) for card in load().values() for number, each in enumerate(card.example)]
SHARE = 0.995
SHARE_OF_PAIRS = 0.98
SAMPLE = 5
"""Of so many examples one is tried with each wrapping; all of them where `CI` is set."""
EVERY = 1 if os.environ.get("CI", "").lower() == "true" else SAMPLE
CHANGED = {
    "rate_limited-4": "n8n's sentence without a word of the service: any word around it may be the service's",
    "detail_lost-3": "n8n's sentence that only says where: any word around it may say what",
    "other_node-8": "the same, with its reason on its line",
    "media_invalid-4": "as HTML its last word reads like a secret, and is hidden",
}
"""The examples that some wrapping changes, each with the reason."""


def read(text: str) -> Diagnosis:
    return diagnose(text, today=AS_OF)


ALONE = {(cause, number): read(text).findings[0] for cause, number, text in EXAMPLES}


def sample() -> list[tuple[str, str, int, str]]:
    cases = [(name, *example) for name in WRAPPINGS for example in EXAMPLES]
    return cases if EVERY == 1 else random.Random(1).sample(cases, len(cases) // EVERY)


def test_a_wrapping_leaves_the_first_cause_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    tried, changed, stronger = 0, set[tuple[str, str]](), []
    for name, cause, number, text in sample():
        alone, wrapped = ALONE[cause, number], read(WRAPPINGS[name](text)).findings[0]
        tried += 1
        if wrapped.cause != alone.cause:
            changed.add((name, f"{cause}-{number}"))
        if wrapped.key_verdict in CLAIMS and wrapped.key_verdict is not alone.key_verdict:
            stronger.append((name, f"{cause}-{number}", wrapped.key_verdict))
    share = 1 - len(changed) / tried
    with capsys.disabled():
        print(f"\n{share:.2%} of {tried} wrapped examples keep their cause ({len(WRAPPINGS)} wrappings)")
    assert share >= SHARE
    assert {example for _, example in changed} <= CHANGED.keys()
    assert stronger == []


def test_two_wrappings_at_once_leave_the_first_cause_as_it_is() -> None:
    dice = random.Random(2)
    pairs = [(*dice.sample(list(WRAPPINGS), 2), *dice.choice(EXAMPLES)) for _ in range(3_000 // EVERY)]
    changed = [
        (inner, outer, f"{cause}-{number}")
        for inner, outer, cause, number, text in pairs
        if f"{cause}-{number}" not in CHANGED
        and read(WRAPPINGS[outer](WRAPPINGS[inner](text))).findings[0].cause != ALONE[cause, number].cause
    ]
    assert len(changed) <= len(pairs) * (1 - SHARE_OF_PAIRS), changed


def test_a_node_that_only_runs_another_workflow_is_not_what_failed() -> None:
    """Its error is the other workflow's, which may hold the call to Claude."""
    for gap in ("\n", "\n\n"):
        text = f"Problem in node ‘Execute Workflow‘{gap}Authorization failed - please check your credentials"
        assert read(text).findings[0].cause == "detail_lost"
        assert read(text.replace("Execute Workflow", "Google Sheets1")).findings[0].cause == "other_node"
