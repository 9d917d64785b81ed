"""The parts of the Model access page: filters, the latest state, the history with what can be done to it, the chart."""

import datetime as dt
import textwrap
from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from core.storage import StorageError, Stores
from core.storage.access_results import AccessOutcome, AccessResult, Matrix
from core.text import access_table, vocabulary
from core.text.access_table import Filters
from core.text.vocabulary.probe import ACCESS_OUTCOME
from pages.parts import escaped, links
from pages.parts.access import notebook
from pages.parts.links import PortalPage

HISTORY: Final = "access_history"
_FILTERS: Final = ("key", "env", "models", "result", "path")  # also their names in the address
_CHART_FROM: Final = 3  # results; fewer are read faster in the table
_CHART_CELLS: Final = 4  # more lines than this tell nothing
_PLAIN_ROWS: Final = 50  # more would make the page slow; the CSV holds all
_PLAIN_COLUMNS: Final = (access_table.RESULT, access_table.MODEL, access_table.KEY, access_table.CAUSE)
_CAUSE_WIDTH: Final = 300  # pixels
_CAUSE_CHARS: Final = 44  # that fit in it; the table itself cuts a longer title without a sign
_WHOLE_TIME: Final = "%-d %b %Y, %H:%M"  # as the table has it, so that the same moment reads the same
_AXIS_TIME: Final = "%-d %b, %H:%M"
_COLOURS: Final = {ACCESS_OUTCOME[AccessOutcome.OK]: "#2a8a57", ACCESS_OUTCOME[AccessOutcome.FAILED]: "#d0503f"}


def filtered(results: Sequence[AccessResult]) -> tuple[AccessResult, ...]:
    """Draw the filters, which are in the address, and return what they let through."""
    options = (
        ("Key", sorted({access_table.key_name(each) for each in results})),
        ("Environment", sorted({each.environment for each in results})),
        ("Model", sorted({each.model for each in results})),
        ("Result", [word for outcome, word in ACCESS_OUTCOME.items() if any(e.outcome is outcome for e in results)]),
        ("Path", sorted({access_table.path_name(each) for each in results})),
    )
    in_address = any(name in st.query_params for name in _FILTERS)
    with st.expander("Filter", icon=":material/filter_alt:", expanded=in_address):
        chosen = [
            tuple(st.multiselect(label, values, key=name, bind="query-params", placeholder="All"))
            if len(values) > 1
            else ()
            for name, (label, values) in zip(_FILTERS, options, strict=True)
        ]
    filters = Filters(keys=chosen[0], environments=chosen[1], models=chosen[2], outcomes=chosen[3], paths=chosen[4])
    return tuple(each for each in results if filters.let_through(each))


def now(latest: Matrix) -> None:
    """Draw the latest state: models down, keys across."""
    said, colours = access_table.matrix_frame(latest)
    escaped.heading("Now", level=2)
    models = vocabulary.count(len(latest.models), "model")
    st.dataframe(
        said.style.apply(lambda _: colours, axis=None),
        alt=f"The latest result of {models} with each key, as in the table below.",
    )
    with st.expander("The same as a plain table"):
        rows = [(model, *said.loc[model]) for model in said.index]
        escaped.table("The latest result of each model with each key", (access_table.MODEL, *said.columns), rows)


def history(kept: Stores, link: str, results: Sequence[AccessResult], zone: dt.tzinfo, *, writable: bool) -> None:
    """Draw every result, newest first, with what can be done to the chosen ones."""
    frame = access_table.history_frame(results, zone)
    escaped.heading("Every result", level=2)
    event = st.dataframe(
        frame.assign(**{access_table.CAUSE: frame[access_table.CAUSE].map(_shortened)}),
        hide_index=True,
        key=f"{HISTORY}_{link}_{len(frame)}",  # a changed table starts without a selection
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            access_table.WHEN: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            access_table.CAUSE: st.column_config.TextColumn(width=_CAUSE_WIDTH),
        },
        alt=f"{vocabulary.count(len(frame), 'result')}, newest first, as in the table below and in the CSV.",
    )
    _plainly(frame)
    rows = [row for row in event.selection.rows if row < len(frame)]
    ids = frame.index[rows] if rows else frame.index
    by_id = {each.id: each for each in results}
    chosen = tuple(by_id[int(each)] for each in ids)
    which = (
        f"{vocabulary.count(len(rows), 'selected result')}"
        if rows
        else f"all {vocabulary.count(len(chosen), 'result')} shown"
    )
    with st.container(horizontal=True, gap="small"):
        _retest(link, chosen, which)
        st.download_button(
            "CSV",
            access_table.to_csv(chosen),
            file_name="reconnect-model-access.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=f"Holds {which}.",
        )
        _delete(kept, link, chosen, which, writable=writable)


def _shortened(title: str) -> str:
    """Return a title that fits its column; the plain table below has it whole."""
    return textwrap.shorten(title, _CAUSE_CHARS, placeholder=" …")


def _plainly(frame: pd.DataFrame) -> None:
    newest = frame.head(_PLAIN_ROWS)
    with st.expander(
        "The same as a plain table" + ("" if len(newest) == len(frame) else f", the newest {len(newest)}")
    ):
        rows = [
            (f"{row[access_table.WHEN]:%Y-%m-%d %H:%M}", *(str(row[name]) for name in _PLAIN_COLUMNS))
            for row in newest.to_dict("records")
        ]
        escaped.table("Results, newest first", (access_table.WHEN, *_PLAIN_COLUMNS), rows)


def _retest(link: str, chosen: Sequence[AccessResult], which: str) -> None:
    models = tuple(dict.fromkeys(each.model for each in chosen))
    pressed = st.button(
        "Test again",
        icon=":material/key:",
        key="access_retest",
        help=f"The models of {which}. You are asked for the key again, and for the address of a gateway.",
    )
    if not pressed:
        return
    names = {(each.key_label, each.environment) for each in chosen}
    st.session_state[notebook.LINK] = link
    st.session_state[notebook.KEEP] = True
    if len(names) == 1:
        st.session_state[notebook.NAME], st.session_state[notebook.ENVIRONMENT] = names.pop()
    links.go(PortalPage.TEST_KEY, query=[("model", model) for model in models])


def _delete(kept: Stores, link: str, chosen: Sequence[AccessResult], which: str, *, writable: bool) -> None:
    with st.popover("Delete", icon=":material/delete:", disabled=not writable):
        escaped.paragraph(f"Deletes {which}, for good. Select rows in the table to delete only those.")
        if not st.button(f"Delete {which}", key="access_delete", type="primary"):
            return
        try:
            kept.notebooks.delete_results(link, [each.id for each in chosen], dt.datetime.now(dt.UTC))
        except StorageError as error:
            st.error(str(error))
            return
        st.rerun()


def chart(results: Sequence[AccessResult], zone: dt.tzinfo) -> None:
    """Draw the time to answer where it answers a question: did it get slower, and when did it fail?"""
    cells = {each.cell for each in results}
    frame = access_table.chart_frame(results, zone)
    if len(frame) < _CHART_FROM or len(results) == len(cells):
        return
    escaped.heading("Did it get slower, and when did it fail?", level=2)
    if len(cells) > _CHART_CELLS:
        escaped.paragraph("Filter by key or model above to see this for a few of them.", small=True)
        return
    answered = frame[frame[access_table.RESULT] == ACCESS_OUTCOME[AccessOutcome.OK]]
    when = alt.X(access_table.WHEN, type="temporal", title=None, axis=alt.Axis(format=_AXIS_TIME, tickCount=6))
    took = alt.Y(access_table.TIME, type="quantitative", scale=alt.Scale(zero=True))
    lines = alt.Chart(answered).mark_line(color="#8a9a98", strokeWidth=1.5)
    points = alt.Chart(frame).mark_point(filled=True, size=90, opacity=1)
    names = list(_COLOURS)
    shown = lines.encode(x=when, y=took, detail=[access_table.MODEL, access_table.KEY]) + points.encode(
        x=when,
        y=took,
        color=alt.Color(access_table.RESULT, scale=alt.Scale(domain=names, range=list(_COLOURS.values())), title=None),
        shape=alt.Shape(access_table.RESULT, scale=alt.Scale(domain=names, range=["circle", "cross"]), title=None),
        tooltip=[
            alt.Tooltip(access_table.WHEN, format=_WHOLE_TIME),
            access_table.MODEL,
            access_table.KEY,
            access_table.RESULT,
            access_table.TIME,
        ],
    )
    st.altair_chart(shown.configure_legend(orient="top"), alt=access_table.chart_words(results))
