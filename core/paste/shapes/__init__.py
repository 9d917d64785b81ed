"""The shapes that a paste can have, one module a shape.

What a shape's module reads is tried in the order of three tables, in which each row shows an example:
`core.paste.documents.DOCUMENTS` for a JSON document, `core.paste.reader.TEXTS` for a text that is none, and
`core.paste.shapes.words.KINDS` for a text without any form.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from core.paste.draft import DraftReading
from core.paste.failure import Shape

Source = TypeVar("Source")


@dataclass(frozen=True)
class ShapeReader(Generic[Source]):
    """One row of a table: `read` returns None for another shape, and is tried before the rows below it.

    `before` names the shapes of the later rows that would take the example too: a row below them would never see it.
    The last row of the texts takes everything, and is not named.
    """

    shape: Shape
    read: Callable[[Source], DraftReading | None]
    example: str
    before: tuple[Shape, ...] = ()


def first_reading(readers: Iterable[ShapeReader[Source]], source: Source) -> DraftReading | None:
    """Return what the first reader that knows the shape makes of `source`; None where none does."""
    return next((reading for reader in readers if (reading := reader.read(source)) is not None), None)


WITHOUT_READER: Final = {
    Shape.EMPTY: "there is nothing to read",
    Shape.EXECUTION_REDACTED: "an execution, of whose error n8n left only the type and the status",
}
"""The shapes that no row of a table reads, with the reason."""
