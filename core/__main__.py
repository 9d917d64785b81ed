"""Run the terminal contract as ``python -m core``."""

import sys

from core.cli import main

sys.exit(main())
