"""Big files are read apart, at most two at once, and a worker's fault is one sentence."""

import pytest

from core.diagnosis import diagnose, worker
from core.paste import PasteError
from tests.paths import ROOT

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_bytes()
SALT = bytes(32)


def test_a_diagnosis_made_apart_is_the_same_one():
    assert worker.diagnose_apart(SAMPLE, salt=SALT) == diagnose(SAMPLE, salt=SALT)


def test_the_process_reads_with_the_code_of_this_tree():
    """Not with another installed copy: the modules are looked for where it is started."""
    assert worker._ROOT == ROOT


def test_what_cannot_be_read_is_said_as_the_reader_says_it():
    damaged = b"\x1f\x8b" + bytes(1_000)
    with pytest.raises(PasteError) as here:
        diagnose(damaged)
    with pytest.raises(worker.Failed) as apart:
        worker.diagnose_apart(damaged)
    assert str(apart.value) == str(here.value)


def test_a_third_file_waits_and_is_then_told_so(monkeypatch):
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.05)
    for _ in range(worker.AT_ONCE):
        assert worker._slots.acquire(timeout=1)
    try:
        with pytest.raises(worker.TooBusy, match="being read right now"):
            worker.diagnose_apart(SAMPLE)
    finally:
        for _ in range(worker.AT_ONCE):
            worker._slots.release()
    assert worker.diagnose_apart(SAMPLE).findings


def test_a_worker_over_its_time_is_ended_and_gives_its_place_back(monkeypatch):
    monkeypatch.setattr(worker, "READ_SECONDS", 0.01)
    with pytest.raises(worker.TooSlow):
        worker.diagnose_apart(SAMPLE)
    monkeypatch.setattr(worker, "READ_SECONDS", 60.0)
    assert worker.diagnose_apart(SAMPLE).findings
