"""Run the terminal contract as ``python -m core``."""

from core.cli import run

run()
