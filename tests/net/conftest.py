"""Servers on loopback with certificates made at run time, as the tests of the probe use them."""

from tests.probe.conftest import authority, key, run, serve

__all__ = ["authority", "key", "run", "serve"]
