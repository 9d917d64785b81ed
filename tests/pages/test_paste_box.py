"""The paste box by itself: each of its states, with a reader that hides the word SECRET and reads big files apart."""

import pytest
from streamlit.testing.v1 import AppTest

from core.sizes import IN_PROCESS_BYTES, MAX_PASTE_CHARS, MEGABYTE
from pages.parts.paste_box import Origin, Paste, uploaded

EMPTY = "The box is empty. Paste something."


def script():
    """A page with nothing but the box, which counts what it reads."""
    import streamlit as st

    from pages.parts.paste_box import PasteAnswer, PasteBox

    def read(paste):
        st.session_state["read"] = [*st.session_state.get("read", []), paste]
        text = paste.data if isinstance(paste.data, str) else paste.data.decode()
        if "broken" in text:
            raise ValueError("the reader failed")
        if "bad" in text:
            return PasteAnswer(problem="Nothing can be read here.", excerpt="bad")
        return PasteAnswer(result=len(text), text=text.replace("SECRET", "[hidden]"))

    box = PasteBox(
        key="test_{}".format,
        label="Paste here",
        button="Read it",
        button_key="find",
        file_label="A file",
        max_file_mb=2,
        if_empty="Paste something.",
        if_too_long="paste less.",
        if_too_large="Cut it.",
        read=read,
        reads_apart=st.session_state.get("reads_apart", False),
        can_start_over=st.session_state.get("can_start_over", True),
    )
    box.draw()
    box.read_waiting()
    answer = box.answer
    if answer is not None:
        st.text(answer.problem or f"{answer.origin}: {answer.name}: {answer.result}")


@pytest.fixture
def page():
    return AppTest.from_function(script, default_timeout=30).run()


def said(page):
    assert not page.exception
    return [each.value for each in page.text]


def box(page):
    return page.text_area("test_box")


def reads(page):
    return [each.data for each in page.session_state["read"]] if "read" in page.session_state else []


def upload(page, data, name="run.json"):
    number = page.session_state["test_uploads"]
    return page.file_uploader(f"test_upload_{number}").upload(name, data).run()


def test_at_first_nothing_is_read_and_nothing_can_be_started_over(page):
    assert (said(page), reads(page), [each.label for each in page.button]) == ([], [], ["Read it"])


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_box_is_answered_and_not_read(page, text):
    box(page).set_value(text)
    page.button("test_find").click().run()
    assert (said(page), reads(page)) == ([EMPTY], [])


@pytest.mark.parametrize(("size", "fits"), [(MAX_PASTE_CHARS, True), (MAX_PASTE_CHARS + 1, False)])
def test_a_text_that_is_too_long_stays_in_the_box_beside_the_uploader(page, size, fits):
    box(page).set_value("x" * size).run()
    assert len(box(page).value) == size
    assert len(reads(page)) == fits
    if not fits:
        assert said(page) == [
            f"This text has {size:,} characters, and the box reads up to {MAX_PASTE_CHARS:,}. It is still in the box: "
            "save it as a file and upload that, or paste less."
        ]
        assert page.file_uploader("test_upload_0")


def test_what_is_read_takes_the_place_of_what_was_pasted(page):
    box(page).set_value("a SECRET").run()
    assert box(page).value == "a [hidden]"
    assert said(page) == ["box: None: 8"]
    page.button("test_find").click().run()
    assert reads(page) == ["a SECRET"], "a second look would find no secret any more"
    box(page).set_value("a [hidden], and more").run()
    assert reads(page) == ["a SECRET", "a [hidden], and more"]


def test_what_cannot_be_read_is_answered_and_stays(page):
    box(page).set_value("bad SECRET").run()
    assert said(page) == ["Nothing can be read here."]
    assert box(page).value == "bad SECRET"
    assert page.session_state["test_outcome"].excerpt == "bad"


@pytest.mark.parametrize(("size", "fits"), [(2 * MEGABYTE, True), (2 * MEGABYTE + 1, False)])
def test_a_file_is_read_up_to_the_boxs_own_limit_and_dropped(page, size, fits):
    box(page).set_value("typed before").run()
    upload(page, b"x" * size)
    assert said(page) == (["file: run.json: 2000000"] if fits else ["This file is larger than 2 MB. Cut it."])
    assert box(page).value == "typed before", "a file leaves the box alone"
    assert page.file_uploader("test_upload_1").value is None
    assert b"xxxx" not in repr(page.session_state["test_outcome"]).encode()


@pytest.mark.parametrize("apart", [True, False])
def test_a_big_file_waits_for_its_turn_where_it_is_read_apart(page, apart):
    page.session_state["reads_apart"] = apart
    page.run()
    upload(page, b"x" * (IN_PROCESS_BYTES + 1))
    assert said(page) == ["file: run.json: 1000001"]
    assert len(reads(page)) == 1
    assert "test_waiting" not in page.session_state
    assert [each.label for each in page.button] == ["Read it", "Start over"], "the way to cancel is gone"


def test_a_reader_that_fails_is_not_asked_again(page):
    page.session_state["reads_apart"] = True
    page.run()
    upload(page, b"broken" + b" " * IN_PROCESS_BYTES)
    assert len(page.exception) == 1
    page.run()
    assert said(page) == []
    assert len(reads(page)) == 1


def test_start_over_forgets_everything_but_is_not_everywhere(page):
    box(page).set_value("a SECRET").run()
    page.button("test_clear").click().run()
    assert (box(page).value, said(page)) == ("", [])
    page.session_state["can_start_over"] = False
    box(page).set_value("more").run()
    assert [each.label for each in page.button] == ["Read it"]


@pytest.mark.parametrize(
    ("data", "big"),
    [
        (b"x" * IN_PROCESS_BYTES, False),
        (b"x" * (IN_PROCESS_BYTES + 1), True),
        (b"\x1f\x8b", True),
        ("x", False),
        ("\x1f\x8b", False),
    ],
    ids=["small", "large", "packed", "text", "text like packed"],
)
def test_a_packed_file_is_big_whatever_its_size(data, big):
    assert Paste(origin=Origin.FILE, data=data).is_big is big


def test_a_files_name_is_shown_without_a_key(fake_key):
    assert uploaded("run 4711.json", b"x").name == "run 4711.json"
    assert fake_key()[20:50] not in uploaded(f"{fake_key()}.json", b"x").name
