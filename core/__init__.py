"""Reconnect's core: reading, judging, probing, generating and keeping, without any Streamlit."""
