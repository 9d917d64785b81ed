"""What a visitor can read on a page that AppTest has run."""

import html

import re2
from streamlit.testing.v1 import AppTest

from tests.paths import ROOT

_TAG = re2.compile(r"<[^>]*>")
_BADGE = re2.compile(r":[\w-]+-badge\[(?::material/\w+: )?([^\]]*)\]")


def visit(page: str = "", **query: str | list[str]) -> AppTest:
    """Open a page of the menu (``errors``) as a link with this query would."""
    test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    if page:
        test = test.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def markup(page: AppTest) -> str:
    """All markup of our own; the page must not have failed."""
    assert not page.exception
    return "\n".join(each.proto.body for each in page.get("html"))


def texts(page: AppTest) -> list[str]:
    """Every sentence that a visitor reads, without code, labels of links and what is typed in."""
    bodies = [each.proto.body for each in page.get("html") if each.proto.body.startswith("<div")]  # not the styles
    ours = [html.unescape(str(_TAG.sub(" ", body))).strip() for body in bodies]
    badges = [str(_BADGE.sub(r"\1", each.value)) for each in page.markdown]
    return [text for text in (*ours, *badges, *(each.value for each in page.warning)) if text]


def links(page: AppTest) -> dict[str, str]:
    """The labels of links to our own pages, with the query that each carries."""
    return {each.proto.label: each.proto.query_string for each in page.get("page_link")}
