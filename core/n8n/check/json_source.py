"""JSON as it is written: where its values are, and changes to them that keep every other character.

>>> edited('{"a": 1.50, "b": "x"}', {"a": 1.5, "b": "y"})
'{"a": 1.50, "b": "y"}'

What does not change keeps its white space, order, repeated names, and the way its numbers and characters are written.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
"""Any JSON value."""

_WHITE_SPACE: Final = " \t\r\n"
_LONGEST_INTEGER: Final = 4_000
"""Digits; Python refuses to read longer integers. Such numbers are only compared, never written."""

_MANY: Final = 100
"""Elements; longer arrays of equal length are compared index by index."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


_DECODER: Final = json.JSONDecoder(parse_int=_integer)


class JsonMember(NamedTuple):
    """One member of an object, or one element of an array: offsets of all of it, and of its value."""

    name: str
    start: int
    value: int
    end: int
    between: str
    """What is written between the name and the value; empty in an array."""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class _NewMember(NamedTuple):
    """A member or element to add after the first `behind` ones."""

    behind: int
    name: str
    value: Json


def decode(text: str, at: int = 0) -> tuple[Json, int]:
    """Return the JSON value that begins at an offset, and the offset after it.

    Raises `json.JSONDecodeError`, and `RecursionError` for a value that is nested too deeply.
    """
    value: Json
    value, end = _DECODER.raw_decode(text, at)
    return value, end


def after_blanks(text: str, at: int) -> int:
    """Return the offset of the first character from `at` on that is not JSON's white space."""
    while at < len(text) and text[at] in _WHITE_SPACE:
        at += 1
    return at


def items(source: str, at: int) -> list[JsonMember]:
    """Return the members of the object, or the elements of the array, that begins at an offset."""
    is_object = source[at] == "{"
    members: list[JsonMember] = []
    at = after_blanks(source, at + 1)
    while source[at] not in "}]":
        start, name, between = at, "", ""
        if is_object:
            name, after = _name(source, at)
            at = after_blanks(source, after_blanks(source, after) + 1)
            between = source[after:at]
        _, end = decode(source, at)
        members.append(JsonMember(name, start, at, end, between))
        at = after_blanks(source, end)
        if source[at] == ",":
            at = after_blanks(source, at + 1)
    return members


def edited(source: str, after: Json) -> str:
    """Return a JSON text with the smallest changes that give it the value `after`."""
    before, _ = decode(source, after_blanks(source, 0))
    pieces: list[str] = []
    at = 0
    for edit in sorted(_edits(source, after_blanks(source, 0), before, after), key=lambda edit: edit[:2]):
        pieces += source[at : edit.start], edit.text
        at = edit.end
    return "".join([*pieces, source[at:]])


def same(one: Json, other: Json) -> bool:
    """Return whether two values are written alike: 1, 1.0 and true differ, the order of names does not matter."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or one is other or (one != one and other != other)


def _name(source: str, at: int) -> tuple[str, int]:
    name, end = decode(source, at)
    return str(name), end


def _edits(source: str, start: int, before: Json, after: Json) -> Iterator[_Edit]:
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _in_object(source, start, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_array(source, start, before, after)
    elif isinstance(before, str) and isinstance(after, str):
        yield _in_string(source, start, before, after)
    else:
        _, end = decode(source, start)
        yield _Edit(start, end, _Style.of(source).written(after, _indent_of_line(source, start)))


def _in_object(source: str, at: int, before: dict[str, Json], after: dict[str, Json]) -> Iterator[_Edit]:
    members = items(source, at)
    # Of a repeated name the last counts, as in n8n.
    for name, index in {member.name: index for index, member in enumerate(members)}.items():
        if name in after:
            yield from _edits(source, members[index].value, before[name], after[name])
    kept = [member.name in after for member in members]
    new = [_NewMember(len(members), name, value) for name, value in after.items() if name not in before]
    yield from _rearranged(source, at, members, kept, new)


def _in_array(source: str, at: int, before: list[Json], after: list[Json]) -> Iterator[_Edit]:
    elements = items(source, at)
    kept = [False] * len(elements)
    new: list[_NewMember] = []
    behind = 0
    for index, value in zip(_partners(before, after), after, strict=True):
        if index is None:
            new.append(_NewMember(behind, "", value))
        else:
            kept[index], behind = True, index + 1
            yield from _edits(source, elements[index].value, before[index], value)
    yield from _rearranged(source, at, elements, kept, new)


def _partners(before: list[Json], after: list[Json]) -> list[int | None]:
    """Return for each new element the index of the old one that it equals or replaces; None for an added one."""
    if len(before) == len(after) > _MANY:
        return list(range(len(before)))
    matched: list[int | None] = []
    first = 0
    for value in after:
        partner = next((index for index in range(first, len(before)) if same(before[index], value)), None)
        matched.append(partner)
        first = first if partner is None else partner + 1
    free, partners = 0, []
    for position, index in enumerate(matched):
        ahead = next((later for later in matched[position:] if later is not None), len(before))
        if index is None and free < ahead:
            index = free
        partners.append(index)
        free = free if index is None else index + 1
    return partners


def _rearranged(
    source: str, at: int, members: Sequence[JsonMember], kept: Sequence[bool], new_members: Sequence[_NewMember]
) -> Iterator[_Edit]:
    """Yield the edits that remove the members that are not kept, and add the new ones."""
    if all(kept) and not new_members:
        return
    if not any(kept):
        if members or new_members:
            yield _filled(source, at, members, new_members)
        return
    first = kept.index(True)
    if first:
        yield _Edit(members[0].start, members[first].start, "")
    for index in range(first + 1, len(members)):
        if not kept[index]:
            yield _Edit(members[index - 1].end, members[index].end, "")
    if not new_members:
        return
    style = _Style.of(source)
    comma = style.comma(source, at, members)
    for member in new_members:
        text = style.item(member, members[-1].between, comma)
        before = next((index for index in range(member.behind - 1, -1, -1) if kept[index]), None)
        if before is None:
            yield _Edit(members[first].start, members[first].start, text + comma)
        else:
            yield _Edit(members[before].end, members[before].end, comma + text)


def _filled(source: str, at: int, members: Sequence[JsonMember], new_members: Sequence[_NewMember]) -> _Edit:
    """Return the edit that replaces everything in an object or array by new members."""
    _, end = decode(source, at)
    style = _Style.of(source)
    indent = _indent_of_line(source, at)
    ahead, tail = (f"\n{indent}{style.unit}", f"\n{indent}") if style.unit else ("", "")
    if members:
        ahead, tail = source[at + 1 : members[0].start], source[members[-1].end : end - 1]
    if not new_members:
        return _Edit(at + 1, end - 1, "")
    comma = style.comma(source, at, members) if members else "," + (ahead or style.space)
    between = members[0].between if members else style.between if source[at] == "{" else ""
    return _Edit(
        at + 1, end - 1, ahead + comma.join(style.item(member, between, comma) for member in new_members) + tail
    )


class _Style(NamedTuple):
    """The layout of a text, read from its outermost object or array: the step of its indentation, its colons."""

    unit: str
    between: str

    @classmethod
    def of(cls, source: str) -> "_Style":
        """Return the layout of a text that begins with its outermost object or array."""
        start = after_blanks(source, 0)
        ahead = source[start + 1 : after_blanks(source, start + 1)]
        closing = _indent_of_line(source, len(source.rstrip(_WHITE_SPACE)) - 1)
        unit = ahead.rpartition("\n")[2].removeprefix(closing) if "\n" in ahead else ""
        return cls(unit, _first_colon(source, start))

    @property
    def space(self) -> str:
        """What is written after a comma on the same line."""
        return " " if self.between.endswith(" ") else ""

    def comma(self, source: str, at: int, members: Sequence[JsonMember]) -> str:
        """Return what is written between two members."""
        if len(members) > 1:
            return source[members[0].end : members[1].start]
        ahead = source[at + 1 : members[0].start]
        return "," + (ahead if "\n" in ahead else self.space)

    def item(self, new: "_NewMember", between: str, comma: str) -> str:
        """Return a new member or element in this layout."""
        written = self.written(new.value, comma.rpartition("\n")[2] if "\n" in comma else None)
        return f"{_quoted(new.name)}{between}{written}" if between else written

    def written(self, value: Json, indent: str | None) -> str:
        """Return a value as JSON; on several lines where the text is indented and `indent` is given."""
        separators = ("," if self.unit and indent is not None else "," + self.space, ":" + self.space)
        step = self.unit if self.unit and indent is not None else None
        text = json.dumps(value, ensure_ascii=False, indent=step, separators=separators)
        return _escaped(text.replace("\n", "\n" + (indent or "")))


def _first_colon(source: str, at: int) -> str:
    """Return the first colon of a text with the white space around it."""
    while source[at] == "[":
        at = after_blanks(source, at + 1)
    first = after_blanks(source, at + 1)
    if source[at] != "{" or source[first] != '"':
        return ": "
    _, after = _name(source, first)
    colon = after_blanks(source, after)
    return source[after : after_blanks(source, colon + 1)]


def _indent_of_line(source: str, at: int) -> str:
    line = source[source.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(_WHITE_SPACE))]


def _in_string(source: str, at: int, before: str, after: str) -> _Edit:
    """Return the edit of one string, from its first new character to its last."""
    _, end = decode(source, at)
    offsets = _characters(source, at + 1, end - 1)
    shorter = min(len(before), len(after))
    ahead = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    behind = next(
        (index for index in range(shorter - ahead) if before[-1 - index] != after[-1 - index]), shorter - ahead
    )
    new_text = after[ahead : len(after) - behind]
    return _Edit(offsets[ahead], offsets[len(before) - behind], _quoted(new_text)[1:-1])


def _characters(source: str, at: int, end: int) -> Sequence[int]:
    """Return the offset of each character of a string, and that of its end; a pair of surrogates is one character."""
    if "\\" not in source[at:end]:
        return range(at, end + 1)
    offsets: list[int] = []
    while at < end:
        offsets.append(at)
        at += _length(source, at)
    return [*offsets, end]


def _length(source: str, at: int) -> int:
    """Return how many characters one character of a string is written with."""
    if source[at] != "\\":
        return 1
    if source[at + 1] != "u":
        return 2
    high = 0xD800 <= int(source[at + 2 : at + 6], 16) < 0xDC00
    paired = high and source.startswith("\\u", at + 6) and 0xDC00 <= int(source[at + 8 : at + 12], 16) < 0xE000
    return 12 if paired else 6


def _quoted(text: str) -> str:
    return _escaped(json.dumps(text, ensure_ascii=False))


def _escaped(text: str) -> str:
    """Return JSON with its lone surrogates as escapes, since no output can hold them unescaped."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)
