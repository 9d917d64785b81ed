"""Models: which Claude models there are, which are retired or end soon, and what each one takes."""

import datetime as dt
from typing import Final

import pandas as pd
import streamlit as st

from core.causes.loader import card_of_model_state
from core.models import catalogue
from core.models.catalogue import ModelState
from core.redaction import redact
from core.text.csv import to_csv
from core.text.models import Row, rows, rules_in_words
from core.text.vocabulary import MODEL_STATE, sentence_case
from pages.parts import escaped, links, typed

ASKED: Final = "models_asked"
LEAD: Final = "Which Claude models you can use, which end soon, and what to use in their place."
STATES: Final = {
    sentence_case(MODEL_STATE[state]): state for state in (ModelState.ACTIVE, ModelState.DEPRECATED, ModelState.RETIRED)
}
ALL: Final = "All"
LONGEST: Final = 200
UNKNOWN: Final = "not known"
COLUMNS: Final = ("Id", "State", "How long", "Use instead", "Longest answer", "Longest input", "Good to know")
TOKENS: Final = "A token is about three quarters of a word. Longest answer and longest input are counted in tokens."


def main() -> None:
    """Draw the question, the filters and the table."""
    today = dt.datetime.now(dt.UTC).date()
    known = catalogue.load()
    st.set_page_config(layout="wide")
    st.title("Claude's models", anchor=False)
    st.markdown(LEAD)
    _ask(known, today)
    shown = _filtered(rows(known, today))
    escaped.announcement(f"{len(shown)} names, as of {today:%-d %B %Y}.")
    if shown:
        _table(shown)
    escaped.paragraph(
        f"Checked on {known.verified:%-d %B %Y} with Anthropic's own list and its Python library. "
        "What your own account may use can differ.",
        small=True,
    )


def _ask(known: catalogue.Catalogue, today: dt.date) -> None:
    """Answer for the model that the person's node names."""
    text = typed.line("Which model do you use?", key=ASKED, placeholder="claude-sonnet-4-5", max_chars=LONGEST)
    name = redact(text.strip()).text
    if not name:
        return
    with st.container(border=True, key="model-answer", gap="small"):
        state = known.state(name, today)
        escaped.announcement(f"{known.describe_state(name, today)}.", lead=f"{name}:")
        meant = name if state is not ModelState.NEVER_EXISTED else known.suggest(name)
        model = known.find(meant) if meant else None
        if model and model.state(today) is not ModelState.RETIRED:
            escaped.paragraph("", lead=f"What {model.id} takes:")
            escaped.bullets(rules_in_words(model))
        card = card_of_model_state(state)
        if card:
            links.to_cause(card.id, icon=":material/menu_book:")


def _filtered(every: tuple[Row, ...]) -> list[Row]:
    families = sorted({_family(row) for row in every})
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        states = st.pills(
            "State",
            list(STATES),
            selection_mode="multi",
            default=[words for words, state in STATES.items() if state is not ModelState.RETIRED],
            key="state",
            bind="query-params",
        )
        family = st.selectbox("Family", [ALL, *families], key="family", bind="query-params", width=200)
    wanted = {STATES[each] for each in states}
    return [row for row in every if row.state in wanted and family in (ALL, _family(row))]


def _family(row: Row) -> str:
    """Return the first word of a name behind "Claude" that is no number: Fable, Haiku, Opus, ..."""
    words = [word for word in row.name.split() if word.isalpha() and word != "Claude"]
    return words[0] if words else "Claude 1 and 2"


def _table(shown: list[Row]) -> None:
    frame = _frame(shown)
    st.dataframe(
        frame,
        hide_index=True,
        alt="Claude's models with state, dates, replacement and limits. The same table as text stands below it.",
        column_config={
            "Use instead": st.column_config.TextColumn(width=190),
            "Longest answer": st.column_config.NumberColumn(format="localized"),
            "Longest input": st.column_config.NumberColumn(format="localized"),
        },
        key="models_table",
    )
    escaped.paragraph(TOKENS, small=True)
    st.download_button(
        "Download as CSV",
        to_csv(frame),
        file_name="claude-models.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    with st.expander("The same as a plain table"):
        escaped.table("Claude's models", COLUMNS, [_texts(row) for row in shown])


def _frame(shown: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame([_cells(row) for row in shown], columns=list(COLUMNS))
    return table.astype({"Longest answer": "Int64", "Longest input": "Int64"})


def _cells(row: Row) -> tuple[str | int | None, ...]:
    notes = (f"Another name for {row.alias_of}.", *row.rules) if row.alias_of else row.rules
    state, instead = sentence_case(MODEL_STATE[row.state]), row.replacement or ""
    return row.id, state, row.lifetime, instead, row.max_output, row.context, " ".join(notes)


def _texts(row: Row) -> list[str]:
    *first, answer, whole, notes = _cells(row)
    numbers = [f"{number:,}" if number else UNKNOWN for number in (answer, whole)]
    return [str(each) for each in (*first, *numbers, notes)]


main()
