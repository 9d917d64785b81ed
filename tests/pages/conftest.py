"""The pages' tests run as on a server, where the entry was imported once before any page ran.

`AppTest` forgets at every run that `st.navigation` was called, and a folder named ``pages`` then makes Streamlit run
the page's file alone, without the entry (streamlit 1.67.0, app_test.py and script_runner.py).

A server looks once for installed packages with components; `AppTest` would read the metadata of every package for each
visitor, which takes longer than a page.
"""

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test

import streamlit_app  # noqa: F401 - calls st.navigation, as the import by a server does


class _KeepsNavigation(PagesManager):
    """Takes the flag that AppTest resets, so that the real one stays as the entry's import has set it."""


_installed_components = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def _as_on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_test, "PagesManager", _KeepsNavigation)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", _installed_components)
