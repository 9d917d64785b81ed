"""Tests of core.n8n.type_versions."""

from itertools import pairwise

import pytest

from core.n8n.type_versions import UnknownVersionError, for_n8n, table


def test_rows_rise_and_name_their_source() -> None:
    rows = table()
    assert [row.n8n for row in rows] == ["1.20", "1.50"]
    for older, newer in pairwise(rows):
        assert older.http_request <= newer.http_request
    assert all("n8n-nodes-base" in row.source for row in rows)


@pytest.mark.parametrize(
    ("version", "http_request"),
    [(None, 4.2), ("1.20", 4.1), ("1.20.0", 4.1), ("v1.49.9", 4.1), ("1.50.0", 4.2), ("2.41.1 (Self Hosted)", 4.2)],
)
def test_type_version_follows_the_n8n_version(version: str | None, http_request: float) -> None:
    assert for_n8n(version).http_request == http_request


@pytest.mark.parametrize(
    ("version", "sentence"), [("1.19.4", "older than 1.20"), ("0.236", "older"), ("new", "like 1.62.3")]
)
def test_other_versions_are_refused_in_a_sentence(version: str, sentence: str) -> None:
    with pytest.raises(UnknownVersionError, match=sentence):
        for_n8n(version)
