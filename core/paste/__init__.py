"""Reading: from a redacted paste to its failures.

>>> read("529 overloaded_error: Overloaded").failures[0].status
529

`read` takes a text that was redacted as a whole. `read_large` takes a big file's bytes and redacts what it takes from
them. A failure is typed facts, with the span that each was read from.

The package; each imports only what is below it:

    large       read_large: a file as bytes, without ever building the whole
    reader      read: a text is a JSON document, or one of the shapes in `TEXTS`
    unwrap      what is around a text taken off: JSON of a help desk, HTML, marks before lines, lost line breaks
    letters     the words of people in what a help desk or a mail program gives out as JSON
    log         the JSON lines and the run that n8n's command line prints
    freetext    words without a form: lines, and the documents and answers among them
    documents   the shapes of a JSON document, in the order of `DOCUMENTS` and `VALUES`
    shapes/     one module a shape, which gives a DraftReading
    facts/      what one text says: a status, whose answer a body is, a headline of n8n's, a transport's fault, names
    spans       where in the excerpt each fact was read
    draft       a failure while facts are being learned: Draft, and DraftReading with its drafts
    formats/    from bytes to text and values: decoded, repaired, cut out of a text, unflattened
    failure     what reading gives back: Reading, Failure, Success, and the closed sets of their facts
    errors      what can go wrong, each message one sentence for a person:

                PasteError
                ├── TooLarge      over a stated limit, packed or unpacked
                ├── TooDeep       nested beyond what any export is
                └── NotText       neither text nor packed text
"""

from core.paste.errors import NotText, PasteError, TooDeep, TooLarge
from core.paste.failure import Failure, Reading, Shape, Span, Success, Surface
from core.paste.formats.decode import FILE_LIMIT, TEXT_LIMIT, to_text, to_utf8
from core.paste.large import read_large
from core.paste.reader import read

__all__ = [
    "FILE_LIMIT",
    "TEXT_LIMIT",
    "Failure",
    "NotText",
    "PasteError",
    "Reading",
    "Shape",
    "Span",
    "Success",
    "Surface",
    "TooDeep",
    "TooLarge",
    "read",
    "read_large",
    "to_text",
    "to_utf8",
]
