"""Big files are read apart, at most two at once, and a worker's fault is one sentence."""

import gzip

import pytest

from core.diagnosis import diagnose, worker
from core.paste import TEXT_LIMIT, PasteError
from tests.paths import ROOT

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_bytes()
SALT = bytes(32)


def test_a_diagnosis_made_apart_is_the_same_one():
    assert worker.diagnose_apart(SAMPLE, salt=SALT) == diagnose(SAMPLE, salt=SALT)


def test_the_process_reads_with_the_code_of_this_tree():
    """Not with another installed copy: the modules are looked for where it is started."""
    assert worker._ROOT == ROOT


@pytest.fixture
def all_busy(monkeypatch):
    """No process is free, so that only what is read in this one is answered."""
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.05)
    for _ in range(worker.AT_ONCE):
        assert worker._slots.acquire(timeout=1)
    yield
    for _ in range(worker.AT_ONCE):
        worker._slots.release()


LARGEST_SMALL = "401 invalid x-api-key".ljust(TEXT_LIMIT)
SMALL = [SAMPLE, SAMPLE.decode(), LARGEST_SMALL, LARGEST_SMALL.encode(), b"", gzip.compress(SAMPLE)[1:]]
BIG = [LARGEST_SMALL + " ", LARGEST_SMALL.encode() + b" ", gzip.compress(SAMPLE)]


@pytest.mark.parametrize("data", SMALL, ids=range(len(SMALL)))
@pytest.mark.usefixtures("all_busy")
def test_a_small_paste_is_read_where_it_arrives(data):
    assert not worker.is_read_apart(data)
    assert worker.diagnose_by_size(data, salt=SALT) == diagnose(data, salt=SALT)


@pytest.mark.parametrize("data", BIG, ids=range(len(BIG)))
@pytest.mark.usefixtures("all_busy")
def test_a_big_or_packed_paste_is_read_apart(data):
    assert worker.is_read_apart(data)
    with pytest.raises(worker.TooBusy):
        worker.diagnose_by_size(data)


@pytest.mark.parametrize("data", BIG, ids=range(len(BIG)))
def test_a_big_paste_gives_the_same_diagnosis_apart(data):
    assert worker.diagnose_by_size(data, salt=SALT) == diagnose(data, salt=SALT)


def test_what_cannot_be_read_raises_the_readers_own_words():
    damaged = b"\x1f\x8b" + bytes(1_000)
    with pytest.raises(PasteError) as here:
        diagnose(damaged)
    with pytest.raises(worker.Failed) as apart:
        worker.diagnose_apart(damaged)
    assert str(apart.value) == str(here.value)


@pytest.mark.usefixtures("all_busy")
def test_a_third_file_waits_and_its_reader_is_then_asked_to_wait():
    with pytest.raises(worker.TooBusy, match="being read right now"):
        worker.diagnose_apart(SAMPLE)


def test_a_worker_over_its_time_is_ended_and_another_can_start(monkeypatch):
    monkeypatch.setattr(worker, "READ_SECONDS", 0.01)
    for _ in range(worker.AT_ONCE + 1):
        with pytest.raises(worker.TooSlow):
            worker.diagnose_apart(SAMPLE)
    monkeypatch.setattr(worker, "READ_SECONDS", 60.0)
    assert worker.diagnose_apart(SAMPLE).findings
