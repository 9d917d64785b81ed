"""Every field of an access result is kept, shown, downloaded and handed over: each of these is made from the struct."""

import csv
import datetime as dt
import io
import json

import msgspec
import pytest
from msgspec.inspect import DateTimeType, EnumType, IntType, StrType

from core.storage import Stores
from core.storage.access_results import FIELDS, NOT_TAKEN_ALONG, AccessFacts, AccessResult, CallPath, Field
from core.storage.cases.case import Case
from core.storage.deployment_secret import shown
from core.text import access_table, case_file
from tests.storage.samples import DAY, NOW, access_facts, settings_for

OF_THE_FIRST_RELEASE = [
    "key_label", "key_mark", "environment", "model", "path", "host", "outcome", "tested_at", "cause", "status",
    "latency_ms", "request_id",
]  # fmt: skip
"""The fields of a result in the file of a case, in their order."""

USUAL = access_facts(path=CallPath.GATEWAY, host="gateway.example")

every_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)


@pytest.fixture
def kept(tmp_path):
    stores = Stores(settings_for(tmp_path))
    yield stores
    stores.storage.close()


def changed(field: Field) -> AccessFacts:
    """A result that differs from the usual one in this field alone."""
    usual = getattr(USUAL, field.name)
    match field.type:
        case EnumType(cls=members):
            value = next(each for each in members if each is not usual)
        case IntType():
            value = (usual or 0) + 1
        case DateTimeType():
            value = usual - DAY
        case StrType(pattern=str()):
            value = "ab" * 16
        case StrType():
            value = "another"
        case _:
            raise AssertionError(f"{field.name} needs a value to be tested with")
    return msgspec.structs.replace(USUAL, **{field.name: value})


def result(facts: AccessFacts) -> AccessResult:
    return AccessResult(id=1, **msgspec.structs.asdict(facts))


def case_with(stores: Stores, facts: AccessFacts) -> Case:
    notebook, links = stores.notebooks.create(NOW), stores.cases.create("Ticket", NOW)
    stores.contributions.add_results(links.own, stores.notebooks.add(notebook, [facts], NOW), NOW)
    return stores.cases.look(links.own, NOW)


@every_field
def test_a_notebook_and_a_case_keep_it(kept, field):
    facts = changed(field)
    link = kept.notebooks.create(NOW)
    kept.notebooks.add(link, [facts], NOW)
    for (back,) in (kept.notebooks.open(link, NOW).results, case_with(kept, facts).results):
        assert msgspec.structs.asdict(back) == {**msgspec.structs.asdict(facts), "id": back.id}


@every_field
def test_the_csv_has_it_in_a_column_of_its_own(field):
    usual, other = (
        next(csv.DictReader(io.StringIO(access_table.to_csv([result(facts)]).decode("utf-8-sig"))))
        for facts in (USUAL, changed(field))
    )
    assert len([name for name in usual if usual[name] != other[name]]) == 1
    assert len(usual) == len(FIELDS)


@every_field
def test_the_pages_table_shows_it(field):
    usual, other = (
        access_table.history_frame([result(facts)], dt.UTC).astype(str) for facts in (USUAL, changed(field))
    )
    assert (usual.iloc[0] != other.iloc[0]).sum() == 1


@every_field
def test_the_file_of_a_case_brings_it_back(kept, field):
    facts = changed(field)
    data = case_file.bundle(case_with(kept, facts), NOW)
    (back,) = kept.cases.look(case_file.restore(case_file.parse(data), kept, NOW).own, NOW).results
    if field.name == "key_fingerprint":  # of which the file has the digits that people see
        assert back.shown_fingerprint == shown(facts.key_fingerprint)
    else:
        assert getattr(back, field.name) == getattr(facts, field.name)


def test_what_is_left_out_is_named_with_its_reason():
    assert set(AccessResult.__struct_fields__) - {field.name for field in FIELDS} == set(NOT_TAKEN_ALONG)


def test_the_file_of_an_older_release_can_be_read(kept):
    written = json.loads(case_file.bundle(case_with(kept, access_facts(cause="rate_limited")), NOW))
    (row,) = written["results"]
    assert list(row)[: len(OF_THE_FIRST_RELEASE)] == OF_THE_FIRST_RELEASE
    written["results"] = [{name: row[name] for name in OF_THE_FIRST_RELEASE}]
    assert len(case_file.parse(json.dumps(written).encode()).results) == 1
