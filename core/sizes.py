"""The limits on the size of every input, each defined once, with what it protects.

These are constants, not settings: each rests on a measurement of memory or time, and the upload's is also in
``.streamlit/config.toml`` and in a proxy's configuration, which no environment variable reaches (tests compare them).
Limits of another kind: how often, `core.storage.limits` and the settings; how long a live test takes and of how many
models, `core.probe.request`; how many big files are read at once, `core.diagnosis.worker`.
"""

from typing import Final

MEGABYTE: Final = 1_000_000

MAX_PASTE_CHARS: Final = 200_000
"""Most characters in a paste box; every rerun of a page sends the box again."""

MAX_UPLOAD_MB: Final = 150
"""Largest file to read, as it is uploaded and unpacked; two are read at once, each in a process of its own."""

IN_PROCESS_BYTES: Final = 1_000_000
"""Up to this size a paste is read where it arrives; larger ones go to a worker process."""

MAX_NODE_CHARS: Final = 2_000_000
"""Most characters of a node or workflow to check; it is checked where it arrives."""

MAX_CASE_FILE_MB: Final = 20
"""Largest saved case; one that is full of everything stays below."""

MAX_API_BYTES: Final = 10_000_000
"""Largest body of ``POST /api/diagnose``; the ``reconnect`` command and the page's upload read larger files."""

MAX_REPORT_BYTES: Final = 64_000
"""Largest report to ``POST /api/intake``; the generated workflow's own stay below 10,000 bytes."""
