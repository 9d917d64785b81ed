"""The retention job deletes what is over, on time, nothing else, and not because of a leaping clock."""

import threading

import pytest
from sqlalchemy import func, select

from core.storage import NotFound, Stores, Unavailable, clock
from core.storage.cases.case import ChecklistStep
from core.storage.limits import Limit, Scope
from core.storage.retention import Swept, keep_sweeping, sweep
from core.storage.tables import meta, metadata
from tests.storage.cases.test_cases import FACTS
from tests.storage.samples import DAY, NOW, access_facts, settings_for


def fill(kept: Stores) -> tuple[str, str]:
    links = kept.cases.create("Ticket", NOW)
    kept.contributions.add_diagnosis(links.contribute, FACTS, NOW)
    kept.contributions.add_node(links.contribute, "curl", "curl", NOW)
    kept.contributions.add_note(links.contribute, "hello", NOW)
    kept.checklist.add(links.contribute, [("production", "key")], NOW)
    kept.checklist.tick(links.contribute, kept.cases.look(links.view, NOW).checklist[0].id, ChecklistStep.TESTED, NOW)
    notebook = kept.notebooks.create(NOW)
    kept.contributions.add_results(links.contribute, kept.notebooks.add(notebook, [access_facts()], NOW), NOW)
    kept.intake.report("a", FACTS, NOW)
    kept.limits.take([Limit(scope=Scope.GLOBAL, what="probe", most=9, seconds=60)], NOW)
    return links.view, notebook


def rows_left(kept: Stores) -> dict[str, int]:
    with kept.storage.read() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table is not meta
        }
    return {name: count for name, count in counts.items() if count}


def run_until(kept: Stores, days: int) -> dict[int, Swept]:
    """A portal that is up sweeps again and again; every second day is often enough here. Sweeps by day."""
    return {day: sweep(kept.storage, NOW + day * DAY) for day in (1, *range(2, days + 1, 2))}


def test_each_kind_goes_on_its_day(kept: Stores):
    fill(kept)
    swept = run_until(kept, 180)
    assert {day for day, each in swept.items() if each.intake_groups} == {1}
    assert {day for day, each in swept.items() if each.counters} == {1}
    assert {day for day, each in swept.items() if each.cases} == {30}
    assert {day for day, each in swept.items() if each.notebooks} == {180}
    assert rows_left(kept) == {}


def test_a_moment_earlier_nothing_goes(kept: Stores):
    case, _ = fill(kept)
    before = rows_left(kept)
    second = DAY / 86_400
    assert sweep(kept.storage, NOW + second) == Swept()
    assert rows_left(kept) == before
    run_until(kept, 29)
    assert sweep(kept.storage, NOW + 30 * DAY - second).cases == 0
    assert kept.cases.look(case, NOW + 30 * DAY - second).title == "Ticket"
    assert sweep(kept.storage, NOW + 30 * DAY).cases == 1
    assert rows_left(kept) == {"notebooks": 1, "access_results": 1}


def test_what_ended_between_two_sweeps_goes_with_the_next(tmp_path):
    kept = Stores(settings_for(tmp_path, RECONNECT_NOTEBOOK_DAYS="7"))
    kept.cases.create("Ticket", NOW, lifetime=7 * DAY)
    kept.notebooks.create(NOW)
    for day in (2, 4, 6):
        assert sweep(kept.storage, NOW + day * DAY) == Swept()
    swept = sweep(kept.storage, NOW + 8 * DAY)
    assert (swept.cases, swept.notebooks) == (1, 1)
    kept.storage.close()


def test_what_is_over_is_closed_before_the_job_comes(kept: Stores):
    view, notebook = fill(kept)
    with pytest.raises(NotFound):
        kept.cases.look(view, NOW + 30 * DAY)
    with pytest.raises(NotFound):
        kept.notebooks.open(notebook, NOW + 180 * DAY)


def test_the_operator_says_after_how_many_days_a_notebook_goes(tmp_path):
    kept = Stores(settings_for(tmp_path, RECONNECT_NOTEBOOK_DAYS="7"))
    notebook = kept.notebooks.create(NOW)
    assert kept.notebooks.open(notebook, NOW).kept_until == NOW + 7 * DAY
    assert sweep(kept.storage, NOW + 2 * DAY).notebooks == 0
    assert sweep(kept.storage, NOW + 4 * DAY).notebooks == 0
    with pytest.raises(NotFound):
        kept.notebooks.open(notebook, NOW + 7 * DAY)
    assert sweep(kept.storage, NOW + 6 * DAY).notebooks == 0
    assert sweep(kept.storage, NOW + 7 * DAY).notebooks == 1
    kept.storage.close()


def test_after_a_leap_of_the_clock_nothing_is_deleted_at_once(kept: Stores):
    view, _ = fill(kept)
    leapt = NOW + 4_000 * DAY
    assert sweep(kept.storage, leapt) == Swept(postponed=True)
    assert rows_left(kept)["cases"] == 1
    with kept.storage.write_any_time() as connection:
        clock.accept(connection, NOW)  # the operator sets the clock right
    assert kept.cases.look(view, NOW).title == "Ticket"
    assert sweep(kept.storage, leapt).postponed
    assert sweep(kept.storage, leapt + DAY).cases == 1  # the clock stays there, so it is right


def test_the_job_begins_at_once_and_ends_at_the_signal(kept: Stores):
    stop = threading.Event()
    stop.set()
    keep_sweeping(kept.storage, stop, every=3600)
    with kept.storage.read() as connection:
        assert connection.execute(select(meta.c.value).where(meta.c.name == "clock")).scalar() is not None


@pytest.mark.parametrize("noted", ["yesterday", "", "2026-11-23T12:00:00"])
def test_a_damaged_note_of_the_time_stops_the_sweep_and_can_be_fixed(kept: Stores, noted):
    kept.cases.create("Ticket", NOW)
    with kept.storage.write_any_time() as connection:
        connection.execute(meta.update().where(meta.c.name == "clock").values(value=noted))
    with pytest.raises(Unavailable, match="accept-clock"):
        sweep(kept.storage, NOW)
    with kept.storage.write_any_time() as connection:
        clock.accept(connection, NOW)
    assert sweep(kept.storage, NOW + 30 * DAY).postponed
    assert sweep(kept.storage, NOW + 30 * DAY).cases == 1


class Faulty:
    """Storage whose first transaction fails in a way that nobody foresaw; at the second the job is told to end."""

    def __init__(self, stop: threading.Event) -> None:
        self.turns = 0
        self._stop = stop

    def write_any_time(self):
        self.turns += 1
        if self.turns == 2:
            self._stop.set()
        raise ValueError("out of range")


def test_no_fault_ends_the_job(caplog):
    stop = threading.Event()
    faulty = Faulty(stop)
    keep_sweeping(faulty, stop, every=0)
    assert faulty.turns == 2
    assert "will try again" in caplog.text
