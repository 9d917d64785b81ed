"""The error panel's text: one panel, and several that were copied one after another."""

from core.diagnosis import diagnose
from core.paste.shapes.panel import panels_in, read_panel
from tests.labelled import run


def test_two_panels_in_one_paste_are_two_failures() -> None:
    first, second = (run(f"{case}/panel.txt").decode() for case in ("vendor_temp_sonnet5", "hdr_region403"))
    diagnosis = diagnose(f"{first}\n\n{second}")
    assert [finding.cause for finding in diagnosis.findings] == ["param_deprecated_for_model", "region_blocked"]
    assert diagnosis.findings[1].failure is not None
    assert diagnosis.findings[1].failure.node == "HTTP Request"


def test_one_panel_stays_whole() -> None:
    text = run("vendor_temp_sonnet5/panel.txt").decode()
    assert panels_in(text) == [text]


def test_an_item_index_that_is_no_plain_number_is_left_out() -> None:
    panel = "Bad request - please check your parameters\nError details\nOther info\nItem Index\n{}\nNode type\nx"
    assert read_panel(panel.format("2")).item_index == 2
    assert read_panel(panel.format("²")).item_index is None


def test_the_request_of_a_panel_tells_address_and_model() -> None:
    request = '{"uri": "https://api.anthropic.com/v1/messages", "body": {"model": "claude-sonnet-5-5"}}'
    draft = read_panel(f"Bad request - please check your parameters\nError details\nOther info\nRequest\n{request}")
    assert (draft.host, draft.model) == ("api.anthropic.com", "claude-sonnet-5-5")
