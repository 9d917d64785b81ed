"""The live test of a key: it observes, and core.diagnosis judges."""
