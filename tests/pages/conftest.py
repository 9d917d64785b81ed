"""The pages' tests start as the server does: the entry is imported once before any page runs."""

import streamlit_app  # noqa: F401 - imported for its call of st.navigation, as a server does
