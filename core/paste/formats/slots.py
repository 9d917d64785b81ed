"""Where the slots of a flatted array begin and end, without building a value for each.

A flatted array of 100 MB has some 7 million slots; as Python objects they would take five times the text's own memory,
as offsets they take four bytes each. The text is looked at in pieces, each byte a few times, by numpy.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from core.paste.errors import TooLarge

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Offsets = npt.NDArray[np.uint32]

LIMIT: Final = 12_000_000
"""Slots; 100 MB of real run data hold some 7 million."""
_PIECE: Final = 1 << 20
_LONGEST_RUN: Final = 1 << 16
"""Backslashes in a row that are looked over to cut between two pieces; no run data hold as many."""
_COMMA, _QUOTE, _BACKSLASH, _OPEN, _CLOSE = 44, 34, 92, (91, 123), (93, 125)
_IS_MARK: Final = np.zeros(256, np.bool_)
_IS_MARK[[_COMMA, _QUOTE, _BACKSLASH, *_OPEN, *_CLOSE]] = True
_STEP: Final = np.zeros(256, np.int8)
_STEP[[*_OPEN]] = 1
_STEP[[*_CLOSE]] = -1


def slot_ends(data: bytes | memoryview, *, quoted: bool = False) -> Offsets:
    """Return the offsets of the commas between an array's values, its opening bracket first and its closing one last.

    Slot n is between offsets n and n + 1. With `quoted` the text is the inside of a JSON string, where a quote is
    ``\\"`` and a backslash ``\\\\``. Raises `msgspec.DecodeError` for what is not one whole array, and `TooLarge`.
    """
    ends: list[Offsets] = []
    state = _ArrayState()
    count = 0
    for start, end in _pieces(data):
        ends.append(_in_piece(np.frombuffer(data, np.uint8, end - start, start), start, state, quoted=quoted))
        count += len(ends[-1])
        if count > LIMIT:
            raise TooLarge("The run data has more parts than can be read here. Export one execution at a time.")
    if state.depth or state.in_string or state.arrays != 1:
        raise msgspec.DecodeError("The run data is not one whole array.")
    return np.concatenate(ends)


class _ArrayState:
    """What a piece leaves to the next: how deep it ends, whether inside a string, and how many arrays have ended."""

    depth = 0
    in_string = False
    arrays = 0  # ended so far


def _pieces(data: bytes | memoryview) -> Iterator[tuple[int, int]]:
    """Cut where no backslash is before the cut, so that no escape is torn."""
    start = 0
    while start < len(data):
        end = min(start + _PIECE, len(data))
        last = min(end + _LONGEST_RUN, len(data))
        while end < last and data[end - 1] == _BACKSLASH:
            end += 1
        if end < len(data) and data[end - 1] == _BACKSLASH:
            raise msgspec.DecodeError("The run data holds too many backslashes in a row.")
        yield start, end
        start = end


def _in_piece(piece: Bytes, start: int, state: _ArrayState, *, quoted: bool) -> Offsets:
    marks: Positions = np.flatnonzero(_IS_MARK[piece])
    kinds = piece[marks]
    is_quote = _closing_quotes(marks, kinds, quoted=quoted)
    inside: Flags = (np.cumsum(is_quote, dtype=np.int32) & 1).astype(np.bool_) ^ state.in_string
    steps = np.where(inside, np.int8(0), _STEP[kinds])
    depth = np.cumsum(steps, dtype=np.int32) + state.depth
    opens, closes = (depth == 1) & (steps == 1), (depth == 0) & (steps == -1)
    is_end = ((kinds == _COMMA) & (depth == 1) & ~inside) | opens | closes
    if len(marks):
        state.depth = int(depth[-1])
        state.in_string = bool(inside[-1])
        state.arrays += int(closes.sum())
    ends: Offsets = (marks[is_end] + start).astype(np.uint32)
    return ends


def _closing_quotes(marks: Positions, kinds: Bytes, *, quoted: bool) -> Flags:
    """Tell the quotes that open or close a string from those inside one, by the backslashes before them."""
    is_quote: Flags = kinds == _QUOTE
    slashes = np.flatnonzero(kinds == _BACKSLASH)
    if not len(slashes):
        return is_quote & (not quoted)
    where = marks[slashes]
    first = np.concatenate(([True], np.diff(where) != 1))
    begins = np.flatnonzero(first)
    lengths = np.diff(np.append(begins, len(slashes)))
    after = slashes[np.append(begins[1:], len(slashes)) - 1] + 1  # the mark behind each run of backslashes
    run = np.zeros(len(kinds) + 1, np.int64)
    touching = np.append(marks, -1)[after] == where[np.append(begins[1:], len(slashes)) - 1] + 1
    run[after[touching]] = lengths[touching]
    closing: Flags = run[:-1] % 4 == 1 if quoted else run[:-1] % 2 == 0
    return is_quote & closing
