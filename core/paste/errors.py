"""What can go wrong when a paste is read; every message is one plain sentence that says what to do next.

PasteError
├── TooLarge      over a stated limit, packed or unpacked
├── TooDeep       nested beyond what any export is
└── NotText       neither text nor packed text
"""


class PasteError(Exception):
    """A paste that cannot be read."""


class TooLarge(PasteError):
    """The paste is over a stated limit."""


class TooDeep(PasteError):
    """The paste nests deeper than any n8n export."""


class NotText(PasteError):
    """The paste is neither text nor packed text."""
