"""Cases: what each link allows, and that nobody overwrites anybody."""

import datetime as dt
from contextlib import suppress

import pytest

from core.paste.failure import AnsweredBy, Failure, Surface
from core.settings import Settings
from core.storage import Conflict, NotAllowed, NotFound, Refused, Stores
from core.storage.cases.case import CaseLinks, ChecklistStep, Right, Status
from core.storage.kept_facts import facts_of
from core.storage.tables import case_links
from tests.storage.samples import DAY, NOW, access_facts

HOUR = dt.timedelta(hours=1)
FAILURE = Failure(
    status=401,
    error_type="authentication_error",
    message="invalid x-api-key",
    answered_by=AnsweredBy.ANTHROPIC,
    surface=Surface.HTTP_REQUEST,
    model="claude-sonnet-5",
    host="api.anthropic.com",
    node="Ask Claude for Maria",
    node_type="n8n-nodes-base.httpRequest",
    request_id="req_011CSHoEeqs5C35K2UUqR7Fy",
    organization_id="org-1",
    excerpt="what Maria pasted",
)
FACTS = facts_of(FAILURE, cause="invalid_key", certainty="certain", key_verdict="rejected", as_of=NOW.date())


def test_what_goes_into_a_case_comes_out_of_it(kept: Stores):
    links = kept.cases.create("Ticket 4711", NOW)
    notebook = kept.notebooks.create(NOW)
    (result,) = kept.notebooks.add(notebook, [access_facts()], NOW)
    kept.contributions.add_diagnosis(links.contribute, FACTS, NOW, excerpt="401 invalid x-api-key")
    kept.contributions.add_results(links.contribute, [result], NOW)
    kept.contributions.add_node(links.contribute, "clipboard", '{"nodes": []}', NOW, model="claude-sonnet-5")
    kept.contributions.add_note(links.contribute, "Tried a new key.\nIt works.", NOW, author="Maria")
    kept.checklist.add(links.contribute, [("staging", "Anthropic account"), ("production", "Anthropic account")], NOW)
    case = kept.cases.open(links.view, NOW)
    assert (case.title, case.status, case.right, case.expires_at) == (
        "Ticket 4711",
        Status.OPEN,
        Right.VIEW,
        NOW + 30 * DAY,
    )
    assert [(each.facts, each.excerpt) for each in case.diagnoses] == [(FACTS, "401 invalid x-api-key")]
    assert [(each.model, each.tested_at, each.latency_ms) for each in case.results] == [("claude-sonnet-5", NOW, 812)]
    assert [(each.kind, each.content) for each in case.nodes] == [("clipboard", '{"nodes": []}')]
    assert [(each.author, each.words) for each in case.notes] == [("Maria", "Tried a new key.\nIt works.")]
    assert [(each.environment, each.ticks) for each in case.checklist] == [("staging", ()), ("production", ())]
    assert case.log is None


def test_a_case_keeps_facts_and_no_text_of_the_failure():
    assert "Maria" not in repr(FACTS)
    assert "org-1" not in repr(FACTS)
    assert "invalid x-api-key" not in repr(FACTS)


CHANGES = {
    "note": lambda kept, link: kept.contributions.add_note(link, "hello", NOW),
    "diagnosis": lambda kept, link: kept.contributions.add_diagnosis(link, FACTS, NOW),
    "node": lambda kept, link: kept.contributions.add_node(link, "curl", "curl", NOW),
    "results": lambda kept, link: kept.contributions.add_results(link, [], NOW),
    "checklist": lambda kept, link: kept.checklist.add(link, [("a", "b")], NOW),
    "tick": lambda kept, link: kept.checklist.tick(link, 1, ChecklistStep.TESTED, NOW),
    "untick": lambda kept, link: kept.checklist.untick(link, 1, ChecklistStep.TESTED, NOW),
    "remove row": lambda kept, link: kept.checklist.remove(link, 1, NOW),
    "status": lambda kept, link: kept.cases.set_status(link, Status.FIXED, NOW, seen=Status.OPEN),
    "title": lambda kept, link: kept.cases.rename(link, "Mine", NOW, seen="Ticket"),
    "excerpt": lambda kept, link: kept.contributions.remove_excerpt(link, 1, NOW),
}
OWNERS_CHANGES = {
    "expiry": lambda kept, link: kept.cases.set_expiry(link, NOW + DAY, NOW),
    "revoke": lambda kept, link: kept.cases.revoke(link, Right.VIEW, NOW),
    "renew": lambda kept, link: kept.cases.renew(link, Right.OWN, NOW),
    "remove note": lambda kept, link: kept.contributions.remove_note(link, 1, NOW),
    "delete": lambda kept, link: kept.cases.delete(link, NOW),
}


@pytest.mark.parametrize("change", [*CHANGES, *OWNERS_CHANGES])
def test_a_view_link_changes_nothing(kept: Stores, change):
    links = kept.cases.create("Ticket", NOW)
    before = kept.cases.look(links.own, NOW)
    with pytest.raises(NotAllowed):
        (CHANGES | OWNERS_CHANGES)[change](kept, links.view)
    assert kept.cases.look(links.own, NOW) == before


@pytest.mark.parametrize("change", OWNERS_CHANGES)
def test_a_contribute_link_does_not_own(kept: Stores, change):
    links = kept.cases.create("Ticket", NOW)
    before = kept.cases.look(links.own, NOW)
    with pytest.raises(NotAllowed):
        OWNERS_CHANGES[change](kept, links.contribute)
    assert kept.cases.look(links.own, NOW) == before


def test_every_dead_link_is_answered_alike(kept: Stores):
    revoked, deleted, expired = (kept.cases.create("Ticket", NOW, lifetime=DAY) for _ in range(3))
    kept.cases.revoke(revoked.own, Right.CONTRIBUTE, NOW)
    kept.cases.delete(deleted.own, NOW)
    good = kept.cases.create("Ticket", NOW, lifetime=10 * DAY).contribute
    tampered = good[:-1] + ("A" if good[-1] != "A" else "B")
    later = NOW + DAY
    dead = [
        revoked.contribute,
        deleted.view,
        deleted.own,
        expired.own,
        tampered,
        good.swapcase(),
        good + "=",
        f" {good}",
    ]
    dead += ["", "guessed", "é" * 22, "\ud800", "x" * 100_000, "' OR 1=1 --", "\0"]
    answers = set()
    for link in dead:
        for act in (kept.cases.open, kept.cases.look, kept.cases.revision):
            with pytest.raises(NotFound) as raised:
                act(link, later)
            answers.add(str(raised.value))
        with pytest.raises(NotFound) as raised:
            kept.contributions.add_note(link, "hello", later)
        answers.add(str(raised.value))
    assert len(answers) == 1
    assert kept.cases.open(good, later).title == "Ticket"


def test_links_are_unguessable_and_only_their_digests_are_stored(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    assert {len(link) for link in (links.view, links.contribute, links.own)} == {22}
    assert len({links.view, links.contribute, links.own}) == 3
    with kept.storage.read() as connection:
        stored = {row.link for row in connection.execute(case_links.select())}
    assert len(stored) == 3
    assert not any(link in each for each in stored for link in (links.view, links.contribute, links.own))


def test_opening_changes_nothing_but_the_log(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    before = kept.cases.look(links.own, NOW)
    kept.cases.open(links.view, NOW + HOUR)
    kept.cases.open(links.view, NOW + HOUR)
    after = kept.cases.look(links.own, NOW + HOUR)
    (opened,) = [entry for entry in after.log if entry.action == "opened"]
    assert (opened.right, opened.times, opened.last_at) == (Right.VIEW, 2, NOW + HOUR)
    assert (after.revision, after.changed_at, after.expires_at) == (
        before.revision,
        before.changed_at,
        before.expires_at,
    )


def filled(kept: Stores) -> CaseLinks:
    """A case with a row of every kind; on a fresh database their ids are 1, so that `CHANGES` finds them."""
    links = kept.cases.create("Ticket", NOW)
    kept.contributions.add_diagnosis(links.own, FACTS, NOW, excerpt="theirs")
    kept.contributions.add_node(links.own, "curl", "curl", NOW)
    kept.contributions.add_note(links.own, "theirs", NOW)
    kept.checklist.add(links.own, [("production", "key")], NOW)
    return links


LOGGED = {
    "note": "note added",
    "diagnosis": "diagnosis added",
    "node": "node added",
    "results": "access results added",
    "checklist": "checklist extended",
    "tick": "tested ticked",
    "untick": "tested taken back",
    "remove row": "checklist shortened",
    "status": "status fixed",
    "title": "renamed",
    "excerpt": "excerpt removed",
    "expiry": "expiry changed",
    "revoke": "view link withdrawn",
    "remove note": "note removed",
}
"""What the access log says of each change."""


@pytest.mark.parametrize("change", [*CHANGES, *OWNERS_CHANGES])
def test_a_change_of_one_case_leaves_every_other_as_it_was(kept: Stores, change):
    links, other = filled(kept), filled(kept)
    if change == "untick":
        kept.checklist.tick(links.own, 1, ChecklistStep.TESTED, NOW)
    before = kept.cases.look(other.own, NOW), kept.cases.look(links.own, NOW)
    (CHANGES | OWNERS_CHANGES)[change](kept, links.own)
    assert kept.cases.look(other.own, NOW) == before[0]
    assert kept.cases.look(other.view, NOW).notes == before[0].notes
    if change in ("renew", "delete"):
        with pytest.raises(NotFound):
            kept.cases.look(links.own, NOW)
    else:
        after = kept.cases.look(links.own, NOW)
        assert after.revision == before[1].revision + 1
        assert {entry.action for entry in after.log} - {entry.action for entry in before[1].log} <= {LOGGED[change]}
        assert LOGGED[change] in {entry.action for entry in after.log}


def test_a_renewed_link_is_in_the_log(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    fresh = kept.cases.renew(links.own, Right.OWN, NOW)
    assert (Right.OWN, "own link renewed") in {(each.right, each.action) for each in kept.cases.look(fresh, NOW).log}


def test_the_log_has_a_row_an_hour_for_each_action(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    for minutes in (10, 59, 60):
        kept.cases.open(links.view, NOW + dt.timedelta(minutes=minutes))
    opened = [entry for entry in kept.cases.look(links.own, NOW).log if entry.action == "opened"]
    assert [(entry.times, entry.first_at - NOW, entry.last_at - NOW) for entry in opened] == [
        (2, dt.timedelta(minutes=10), dt.timedelta(minutes=59)),
        (1, HOUR, HOUR),
    ]


def test_the_log_says_what_was_done_with_which_link(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    kept.contributions.add_note(links.contribute, "hello", NOW)
    kept.cases.revoke(links.own, Right.VIEW, NOW)
    log = {(entry.right, entry.action) for entry in kept.cases.look(links.contribute, NOW).log}
    assert log == {
        (Right.OWN, "created"),
        (Right.CONTRIBUTE, "note added"),
        (Right.OWN, "view link withdrawn"),
    }


def test_looking_again_and_again_is_not_logged(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    for _ in range(3):
        kept.cases.look(links.view, NOW)
        kept.cases.revision(links.view, NOW)
    assert [entry.action for entry in kept.cases.look(links.own, NOW).log] == ["created"]


def test_a_case_that_cannot_be_written_opens_without_being_logged(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    # Before the last write by a day: such a clock writes nothing.
    assert kept.cases.open(links.view, NOW - DAY).title == "Ticket"
    assert [entry.action for entry in kept.cases.look(links.own, NOW).log] == ["created"]


def test_the_revision_grows_with_every_change(kept: Stores):
    links, other = kept.cases.create("Ticket", NOW), kept.cases.create("Other", NOW)
    seen = [kept.cases.revision(links.view, NOW)]
    for change in ("note", "diagnosis", "node", "checklist", "status", "title"):
        CHANGES[change](kept, links.contribute)
        seen.append(kept.cases.revision(links.view, NOW))
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert kept.cases.revision(other.view, NOW) == 1


def test_a_status_is_only_changed_from_the_one_that_was_seen(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    kept.cases.set_status(links.contribute, Status.NEEDS_ANTHROPIC, NOW, seen=Status.OPEN)
    with pytest.raises(Conflict):
        kept.cases.set_status(links.own, Status.FIXED, NOW, seen=Status.OPEN)
    case = kept.cases.look(links.view, NOW)
    assert (case.status, case.revision) == (Status.NEEDS_ANTHROPIC, 2)


def test_a_title_is_only_changed_from_the_one_that_was_seen(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    kept.cases.rename(links.contribute, "Ticket 4711", NOW, seen="Ticket")
    with pytest.raises(Conflict):
        kept.cases.rename(links.contribute, "Ticket 12", NOW, seen="Ticket")
    assert kept.cases.look(links.view, NOW).title == "Ticket 4711"


@pytest.mark.parametrize("right", [Right.VIEW, Right.CONTRIBUTE])
def test_withdrawing_one_link_leaves_the_others(kept: Stores, right: Right):
    links = kept.cases.create("Ticket", NOW)
    kept.cases.revoke(links.own, right, NOW)
    assert rights_left(kept, links) == set(Right) - {right}
    with pytest.raises(NotAllowed):
        kept.cases.revoke(links.own, Right.OWN, NOW)


@pytest.mark.parametrize("right", Right)
def test_renewing_one_link_leaves_the_others(kept: Stores, right: Right):
    links = kept.cases.create("Ticket", NOW)
    fresh = kept.cases.renew(links.own, right, NOW)
    assert rights_left(kept, links) == set(Right) - {right}
    assert kept.cases.look(fresh, NOW).right is right


def rights_left(kept: Stores, links: CaseLinks) -> set[Right]:
    """What those links of a case that still lead to it allow."""
    left = set()
    for link in (links.view, links.contribute, links.own):
        with suppress(NotFound):
            left.add(kept.cases.look(link, NOW).right)
    return left


def test_a_renewed_link_replaces_the_old_one(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    fresh = kept.cases.renew(links.own, Right.OWN, NOW)
    with pytest.raises(NotFound):
        kept.cases.delete(links.own, NOW)
    assert kept.cases.look(fresh, NOW).right is Right.OWN


def test_expiry_can_be_moved_within_bounds(kept: Stores):
    links = kept.cases.create("Ticket", NOW, lifetime=DAY)
    kept.cases.set_expiry(links.own, NOW + 90 * DAY, NOW)
    assert kept.cases.look(links.view, NOW + 80 * DAY).expires_at == NOW + 90 * DAY
    shortest, longest, moment = dt.timedelta(minutes=5), 365 * DAY, dt.timedelta(seconds=1)
    for lifetime in (shortest, longest):
        kept.cases.set_expiry(links.own, NOW + lifetime, NOW)
        assert kept.cases.look(links.own, NOW).expires_at == NOW + lifetime
        assert kept.cases.look(kept.cases.create("Ticket", NOW, lifetime=lifetime).own, NOW).title == "Ticket"
    for lifetime in (shortest - moment, longest + moment, -DAY):
        with pytest.raises(Refused, match="at most 365 days"):
            kept.cases.set_expiry(links.own, NOW + lifetime, NOW)
        with pytest.raises(Refused, match="at most 365 days"):
            kept.cases.create("Ticket", NOW, lifetime=lifetime)


def test_what_is_stored_for_a_status_a_right_and_a_step_stays_what_it_is():
    """Rows of older releases hold these words, and are read by newer ones."""
    assert [status.value for status in Status] == ["open", "fixed", "needs_anthropic", "needs_n8n_admin"]
    assert [right.value for right in Right] == ["view", "contribute", "own"]
    assert [step.value for step in ChecklistStep] == ["updated", "tested", "run"]


def test_one_case_cannot_be_filled_without_end(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    rows = [(f"environment {number}", "credential") for number in range(200)]
    assert kept.checklist.add(links.contribute, rows, NOW) == 200
    with pytest.raises(Refused, match="at most 200 of these"):
        kept.checklist.add(links.contribute, [("one more", "credential")], NOW)
    assert len(kept.cases.look(links.view, NOW).checklist) == 200


def test_a_case_holds_1_000_results_and_no_more(on_sqlite: Settings, open_stores):
    kept = open_stores(on_sqlite)
    links = kept.cases.create("Ticket", NOW)
    (row,) = kept.notebooks.add(kept.notebooks.create(NOW), [access_facts()], NOW)
    assert kept.contributions.add_results(links.contribute, [row] * 1_000, NOW) == 1_000
    with pytest.raises(Refused, match="at most 1,000 of these"):
        kept.contributions.add_results(links.contribute, [row], NOW)
    assert len(kept.cases.look(links.view, NOW).results) == 1_000


@pytest.mark.parametrize(
    ("longest", "what", "add"),
    [
        (5_000, "note", lambda kept, link, text: kept.contributions.add_note(link, text, NOW)),
        (20_000, "excerpt", lambda kept, link, text: kept.contributions.add_diagnosis(link, FACTS, NOW, excerpt=text)),
        (200_000, "node", lambda kept, link, text: kept.contributions.add_node(link, "curl", text, NOW)),
        (40, "kind of node", lambda kept, link, text: kept.contributions.add_node(link, text, "curl", NOW)),
        (120, "name", lambda kept, link, text: kept.contributions.add_note(link, "words", NOW, author=text)),
        (120, "title", lambda kept, link, text: kept.cases.rename(link, text, NOW, seen="Ticket")),
        (
            120,
            "name of the environment",
            lambda kept, link, text: kept.checklist.add(link, [(text, "credential")], NOW),
        ),
        (
            120,
            "name of the credential",
            lambda kept, link, text: kept.checklist.add(link, [("environment", text)], NOW),
        ),
    ],
)
def test_a_text_may_be_so_long_and_no_longer(kept: Stores, longest: int, what: str, add):
    links = kept.cases.create("Ticket", NOW)
    add(kept, links.contribute, "x " * (longest // 2 - 1) + "xy")
    with pytest.raises(Refused, match=f"^The {what} is longer than {longest:,}"):
        add(kept, links.contribute, "x " * (longest // 2 - 1) + "xyz")
    assert kept.cases.revision(links.view, NOW) == 2


def test_what_is_empty_is_refused_by_name(kept: Stores):
    links = kept.cases.create("Ticket", NOW)
    with pytest.raises(Refused, match="The note is empty"):
        kept.contributions.add_note(links.contribute, " \n", NOW)
    for row in (("", "credential"), ("environment", " ")):
        with pytest.raises(Refused, match="needs an environment and a credential"):
            kept.checklist.add(links.contribute, [row], NOW)
    assert kept.cases.revision(links.view, NOW) == 1


def test_what_belongs_to_another_case_is_out_of_reach(kept: Stores):
    mine, other = kept.cases.create("Mine", NOW), kept.cases.create("Other", NOW)
    note = kept.contributions.add_note(other.contribute, "theirs", NOW)
    diagnosis = kept.contributions.add_diagnosis(other.contribute, FACTS, NOW, excerpt="theirs")
    kept.checklist.add(other.contribute, [("production", "key")], NOW)
    item = kept.cases.look(other.view, NOW).checklist[0].id
    before = kept.cases.look(other.view, NOW)
    for reach in (
        lambda: kept.contributions.remove_note(mine.own, note, NOW),
        lambda: kept.contributions.remove_excerpt(mine.own, diagnosis, NOW),
        lambda: kept.checklist.tick(mine.own, item, ChecklistStep.TESTED, NOW),
        lambda: kept.checklist.untick(mine.own, item, ChecklistStep.TESTED, NOW),
        lambda: kept.checklist.remove(mine.own, item, NOW),
    ):
        with pytest.raises(NotFound):
            reach()
    assert kept.cases.look(other.view, NOW) == before


class TestChecklist:
    def test_progress_says_who_and_when(self, kept: Stores):
        links = kept.cases.create("Rotation", NOW)
        kept.checklist.add(links.contribute, [("production", "Anthropic account")], NOW)
        item = kept.cases.look(links.view, NOW).checklist[0].id
        for number, step in enumerate(ChecklistStep):
            assert not kept.cases.look(links.view, NOW).ready_to_retire_old_key
            kept.checklist.tick(links.contribute, item, step, NOW + number * HOUR, by="Maria")
        case = kept.cases.look(links.view, NOW)
        assert case.ready_to_retire_old_key
        assert [(tick.step, tick.done_by, tick.done_at) for tick in case.checklist[0].ticks] == [
            (ChecklistStep.UPDATED, "Maria", NOW),
            (ChecklistStep.TESTED, "Maria", NOW + HOUR),
            (ChecklistStep.RUN, "Maria", NOW + 2 * HOUR),
        ]

    def test_the_first_tick_stays(self, kept: Stores):
        links = kept.cases.create("Rotation", NOW)
        kept.checklist.add(links.contribute, [("production", "key")], NOW)
        item = kept.cases.look(links.view, NOW).checklist[0].id
        kept.checklist.tick(links.contribute, item, ChecklistStep.UPDATED, NOW, by="Maria")
        with pytest.raises(Conflict):
            kept.checklist.tick(links.own, item, ChecklistStep.UPDATED, NOW, by="Support")
        assert kept.cases.look(links.view, NOW).checklist[0].tick(ChecklistStep.UPDATED).done_by == "Maria"
        kept.checklist.untick(links.own, item, ChecklistStep.UPDATED, NOW)
        with pytest.raises(Conflict):
            kept.checklist.untick(links.own, item, ChecklistStep.UPDATED, NOW)

    def test_a_row_is_there_once(self, kept: Stores):
        links = kept.cases.create("Rotation", NOW)
        assert kept.checklist.add(links.contribute, [("production", "key"), ("production", "key")], NOW) == 1
        assert kept.checklist.add(links.contribute, [("production", "key"), ("staging", "key")], NOW) == 1

    def test_an_empty_checklist_retires_no_key(self, kept: Stores):
        links = kept.cases.create("Rotation", NOW)
        assert not kept.cases.look(links.view, NOW).ready_to_retire_old_key
