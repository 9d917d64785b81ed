"""Rate limits: exact under concurrency, all or nothing over several scopes, and kept up without a database."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.storage import Stores
from core.storage.limits import CASES_AN_HOUR, HOUR, REPORTS_A_MINUTE, Decision, Limit, Scope, limits_for
from core.storage.tables import rate_counts
from tests.storage.samples import NOW, settings_for


def limit(
    scope: Scope = Scope.SESSION, most: int = 3, subject: str = "session 1", seconds: int = 60, what: str = "probe"
):
    return Limit(scope=scope, what=what, most=most, seconds=seconds, subject=subject)


MINUTE = dt.timedelta(minutes=1)


def test_so_many_and_no_more_until_the_window_ends(kept: Stores):
    assert [kept.limits.take([limit()], NOW).allowed for _ in range(5)] == [True, True, True, False, False]
    refused = kept.limits.take([limit()], NOW)
    assert refused == Decision(allowed=False, refused_by=Scope.SESSION, retry_at=NOW + MINUTE)
    assert kept.limits.take([limit()], refused.retry_at).allowed


def test_others_are_counted_apart(kept: Stores):
    for other in (limit(), limit(subject="session 2"), limit(what="intake"), limit(Scope.ADDRESS), limit(seconds=3600)):
        assert [kept.limits.take([other], NOW).allowed for _ in range(4)] == [True, True, True, False]


def test_a_refused_use_counts_nowhere(kept: Stores):
    both = [limit(Scope.SESSION, most=10), limit(Scope.GLOBAL, most=2)]
    assert [kept.limits.take(both, NOW).allowed for _ in range(6)] == [True, True, False, False, False, False]
    assert kept.limits.take(both, NOW).refused_by is Scope.GLOBAL
    assert [kept.limits.take([both[0]], NOW).allowed for _ in range(9)] == [True] * 8 + [False]


def test_one_take_can_count_for_several(kept: Stores):
    assert kept.limits.take([limit(most=12)], NOW, uses=10).allowed
    assert not kept.limits.take([limit(most=12)], NOW, uses=3).allowed
    assert kept.limits.take([limit(most=12)], NOW, uses=2).allowed


def test_each_scope_has_its_number_and_what_is_not_known_is_not_counted():
    most = {Scope.SESSION: 1, Scope.ADDRESS: 2, Scope.TARGET: 3, Scope.GLOBAL: 4}
    subjects = {Scope.SESSION: "session 1", Scope.ADDRESS: None}
    assert limits_for("probe", most, 60, subjects) == (
        limit(most=1),
        Limit(scope=Scope.GLOBAL, what="probe", most=4, seconds=60),
    )
    assert limits_for("probe", {Scope.ADDRESS: 2}, 60, {Scope.ADDRESS: "203.0.113.7"}) == (
        limit(Scope.ADDRESS, most=2, subject="203.0.113.7"),
    )


def test_everybody_is_one_subject_whatever_is_known(kept: Stores):
    for address in ("203.0.113.7", "203.0.113.8"):
        limits = limits_for("case", CASES_AN_HOUR | {Scope.GLOBAL: 1}, HOUR, {Scope.ADDRESS: address})
        decision = kept.limits.take(limits, NOW)
    assert decision.refused_by is Scope.GLOBAL


@pytest.mark.parametrize("most", [CASES_AN_HOUR, REPORTS_A_MINUTE])
def test_one_address_never_uses_up_what_all_have(most: dict[Scope, int]):
    assert 0 < most[Scope.ADDRESS] < most[Scope.GLOBAL]


def test_names_are_not_stored(kept: Stores):
    kept.limits.take([limit(Scope.ADDRESS, subject="203.0.113.7")], NOW)
    with kept.storage.read() as connection:
        rows = repr(connection.execute(rate_counts.select()).all())
    assert "203.0.113.7" not in rows


def test_concurrent_uses_are_counted_exactly(kept: Stores):
    """In opposite orders, which would be a deadlock if the rows were locked as they come."""
    there = [limit(Scope.SESSION, most=1_000), limit(Scope.TARGET, most=40)]
    orders = [there, there[::-1]]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: kept.limits.take(orders[number % 2], NOW).allowed, range(60)))
    assert sum(taken) == 40
    with kept.storage.read() as connection:
        assert {row.used for row in connection.execute(rate_counts.select())} == {40}


class TestWithoutDatabase:
    @pytest.fixture
    def alone(self, tmp_path, open_stores) -> Stores:
        return open_stores(settings_for(tmp_path, "sqlite:////no/such/folder/reconnect.db"))

    def test_the_process_counts_by_itself(self, alone: Stores):
        both = [limit(Scope.SESSION, most=10), limit(Scope.GLOBAL, most=2)]
        assert [alone.limits.take(both, NOW).allowed for _ in range(4)] == [True, True, False, False]
        assert alone.limits.take([both[0]], NOW, uses=8).allowed
        assert alone.limits.take(both, NOW + MINUTE).allowed

    def test_concurrent_uses_are_counted_exactly(self, alone: Stores):
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: alone.limits.take([limit(most=40)], NOW).allowed, range(60)))
        assert sum(taken) == 40
