"""The entry of Reconnect: page script and ASGI module in one.

``streamlit run streamlit_app.py`` and ``uvicorn streamlit_app:app`` both serve the pages, the routes under ``/api``
and the security headers. Streamlit runs this file again for every rerun of a page, with ``__name__`` set to
``__main__``; the server imports it once under another name.

`st.navigation` is called at import on purpose: a folder named ``pages`` makes Streamlit serve its files by
themselves, without this one, until some session has called it (streamlit 1.67.0, script_runner).
"""

import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from core import logs
from core.causes import search
from core.settings import SettingsError, settings
from core.storage import retention, stores
from core.web import routes, visitors
from pages.parts import links, shell

try:
    logs.configure(settings().log_threshold)
# A sentence for the operator, without a traceback.
except SettingsError as error:
    raise SystemExit(str(error)) from None
_streamlit_context = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
# At import there is no session, and it would warn of that.
_streamlit_context.setLevel(logging.ERROR)

page = st.navigation(links.navigation())


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Load what the first visitor would wait for, and delete what is over for as long as the portal is up.

    What is loaded is taken out of the garbage collector's reach: Streamlit collects garbage after every run of a page;
    with the libraries frozen that takes 1 ms, not 50.
    """
    for module in ("pandas", "altair", "pyarrow", "pages.parts.finding"):
        importlib.import_module(module)
    # This loads the cards and compiles their patterns.
    routes.check_health(settings())
    # This reads the cards' examples, so that the first search is as quick as any.
    search.by_status(401)
    gc.collect()
    gc.freeze()
    stop = threading.Event()
    job = threading.Thread(
        target=retention.keep_sweeping, args=(stores(settings()).storage, stop), name="retention", daemon=True
    )
    job.start()
    try:
        yield
    finally:
        stop.set()


if __name__ == "__main__":
    shell.draw(page)
else:
    app = st.App(
        __file__,
        routes=[Mount("/api", routes=routes.ROUTES)],
        middleware=[Middleware(routes.SecurityHeaders), Middleware(visitors.OwnSessions)],
        lifespan=lifespan,
        on_script_error=shell.report_script_error,
    )
