"""Hide the secrets of a text: make views of it, find, mask the source, and repeat until nothing is found."""

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, TypeVar

import re2

from core.redaction.by_argument import find_in_calls
from core.redaction.by_column import find_in_tables
from core.redaction.by_command import find_in_commands
from core.redaction.by_credential_type import find_in_exports
from core.redaction.by_manifest import find_in_manifests
from core.redaction.by_name import find_by_name
from core.redaction.by_scheme import find_credentials
from core.redaction.by_sentence import find_in_sentences
from core.redaction.by_shape import JOINTS, find_key_ends, find_shapes, find_split
from core.redaction.by_url import ANY_ADDRESS, find_in_addresses
from core.redaction.encoded_keys import KEY_MARK, find_encoded
from core.redaction.encoded_text import find_encoded_text
from core.redaction.fingerprint import fingerprint, plain_form, session_salt
from core.redaction.flatted import find_in_slots, flatted_documents
from core.redaction.mask import strings_of
from core.redaction.private_keys import ANY_PRIVATE_KEY, find_private_keys
from core.redaction.secret_kinds import Hidden, Redacted, RedactionFailed, SecretKind, mask, mask_pattern
from core.redaction.shape_patterns import ANY_SHAPE, TYPED_HEAD, Find, any_of
from core.redaction.vendors import ANY_VENDOR, find_cut_tokens, find_unknown_tokens, find_vendors
from core.redaction.views import MASKED, TextView, decoded_view, first_view, squeezed
from core.redaction.work_limit import up_to_crowd

LONGEST_TEXT: Final = 16_000_000
"""Characters; bigger input is read in pieces by `core.paste`, so a longer text is a mistake."""

# characters that a fingerprint is made of; only the rest of a crowded text is longer
_LONGEST_SECRET: Final = 20_000
# hiding one secret can expose another; two rounds are usual, and the last one finds nothing
_ROUNDS: Final = 4
_SECONDS: Final = 5.0
_SECONDS_PER_MILLION: Final = 3.0
_MASK: Final = re2.compile(mask_pattern().encode())
_Found = TypeVar("_Found")
_RANK: Final = {kind: rank for rank, kind in enumerate(SecretKind)}


class Redactor:
    """Redacts texts under one salt, so that equal secrets get equal fingerprints; keeps nothing of any text."""

    def __init__(self, salt: bytes | None = None) -> None:
        self._salt = salt if salt is not None else session_salt()

    def redact(self, text: str) -> Redacted:
        """Return the text with every secret masked, and what was hidden.

        Takes linear time; a text that needs more than its share of the processor, is longer than `LONGEST_TEXT` or
        upsets redaction in any way raises `RedactionFailed`: then nothing of it may be used.
        """
        if len(text) > LONGEST_TEXT:
            raise RedactionFailed(f"The text is longer than {LONGEST_TEXT} characters; redact it in pieces.")
        try:
            return self._redact(text)
        except RedactionFailed:
            raise
        except Exception as error:
            # the error itself may quote the text, so only its type leaves
            raise RedactionFailed(f"Redaction failed ({type(error).__name__}); nothing of the text was used.") from None

    def _redact(self, text: str) -> Redacted:
        budget = _Budget(len(text))
        counts: Counter[tuple[SecretKind, str]] = Counter()
        for _ in range(_ROUNDS):
            spans = _within_strings(text, _merge(budget.spend(_find(text, budget))))
            if not spans:
                break
            text = self._mask(text, spans, counts)
        hidden = tuple(Hidden(kind=kind, count=count, fingerprint=digits) for (kind, digits), count in counts.items())
        return Redacted(text=text, hidden=hidden)

    def _mask(self, text: str, spans: list["_MaskSpan"], counts: Counter[tuple[SecretKind, str]]) -> str:
        pieces: list[str] = []
        at = 0
        for span in spans:
            secret = (
                span.secret
                if span.secret is not None
                else plain_form(text[span.start : min(span.end, span.start + _LONGEST_SECRET)])
            )
            digits = fingerprint(secret, self._salt)
            counts[span.kind, digits] += 1
            pieces += text[at : span.start], span.quote, mask(span.kind, digits), span.quote
            at = span.end
        pieces.append(text[at:])
        return "".join(pieces)


def redact(text: str, salt: bytes | None = None) -> Redacted:
    """Return the text with every secret masked, under the given salt or a fresh one; see `Redactor.redact`."""
    return Redactor(salt).redact(text)


class _MaskSpan:
    """A span of the source to mask; the most specific of the finds that share it decides its kind."""

    __slots__ = ("end", "kind", "quote", "secret", "start", "weight")

    def __init__(self, start: int, end: int, kind: SecretKind, secret: str | None, quote: str) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.secret = secret
        self.quote = quote
        self.weight = (-_RANK[kind], end - start)

    def take_in(self, other: "_MaskSpan") -> None:
        """Widen this span over one that it overlaps."""
        self.end = max(self.end, other.end)
        if other.weight > self.weight:
            self.kind, self.secret, self.weight = other.kind, other.secret, other.weight


class _Budget:
    """The processor time that one text may take; other threads' work does not count."""

    def __init__(self, size: int) -> None:
        self._limit = time.thread_time() + _SECONDS + _SECONDS_PER_MILLION * size / 1e6

    def spend(self, finds: Iterable[_Found]) -> list[_Found]:
        """Collect the finds, checking the time at every hundredth."""
        collected: list[_Found] = []
        for find in finds:
            collected.append(find)
            if len(collected) % 100 == 0:
                self._check()
        self._check()
        return collected

    def _check(self) -> None:
        if time.thread_time() > self._limit:
            raise RedactionFailed("The text takes too long to redact; nothing of it was used.")


def _find(text: str, budget: _Budget) -> Iterator[_MaskSpan]:
    first = _without_masks(first_view(text))
    documents = flatted_documents(text, first)
    flatted = bool(documents)
    blanked = yield from _find_in(first, budget, flatted=flatted)
    yield from _spans(blanked, find_in_slots(documents, blanked))
    decoded = decoded_view(first)
    if decoded is not None:
        yield from _find_in(decoded, budget, flatted=flatted)


def _find_in(view: TextView, budget: "_Budget", *, flatted: bool) -> Generator[_MaskSpan, None, TextView]:
    """Yield every span found in a view, and return the view with the keys among them masked.

    Each stage sees the finds of the one before as masked already.
    """
    stages = [
        *(_SHAPES if _ANY_SHAPE.search(view.data) else ()),
        *(_CUT_KEYS if _ANY_CUT_KEY.search(squeezed(view.data, JOINTS)) else ()),
        *_REMAINDERS,
    ]
    for stage in stages:
        finds = budget.spend(up_to_crowd(stage(view), len(view.data)))
        yield from _spans(view, finds)
        view = _blank(view, finds)
    yield from _spans(view, _find_by_context(view.data, flatted=flatted))
    return view


def _find_by_shape(data: bytes) -> Iterator[Find]:
    for find in (find_private_keys, find_shapes, find_vendors, find_cut_tokens, find_in_addresses):
        yield from up_to_crowd(find(data), len(data))


def _find_by_context(data: bytes, *, flatted: bool = False) -> Iterator[Find]:
    yield from up_to_crowd(find_credentials(data), len(data))
    yield from up_to_crowd(find_by_name(data, flatted=flatted), len(data))
    for find in (
        find_in_exports,
        find_in_manifests,
        find_in_commands,
        find_in_calls,
        find_in_tables,
        find_in_sentences,
    ):
        yield from up_to_crowd(find(data), len(data))


def _find_in_decoded(data: bytes) -> Iterator[Find]:
    """Yield what would be hidden of a text that was encoded."""
    yield from _find_by_shape(data)
    yield from find_unknown_tokens(data)
    yield from _find_by_context(data)


_Stage = Callable[[TextView], Iterator[Find]]
_SHAPES: Final[tuple[_Stage, ...]] = (lambda view: _find_by_shape(view.data),)
_CUT_KEYS: Final[tuple[_Stage, ...]] = (find_split, find_encoded)
_REMAINDERS: Final[tuple[_Stage, ...]] = (
    lambda view: find_encoded_text(view.data, _find_in_decoded),
    lambda view: find_key_ends(view.data),
    lambda view: find_unknown_tokens(view.data),
)
_ANY_SHAPE: Final = any_of(ANY_SHAPE, ANY_VENDOR, ANY_PRIVATE_KEY, ANY_ADDRESS)
_ANY_CUT_KEY: Final = any_of(TYPED_HEAD, KEY_MARK)
"""One scan each, which usually makes the later scans unnecessary."""


def _spans(view: TextView, finds: Iterable[Find]) -> Iterator[_MaskSpan]:
    for find in finds:
        if find.start < find.end:
            start, end = view.source(find.start, find.end)
            secret = find.secret.decode("utf-8", "replace") if find.secret is not None else None
            yield _MaskSpan(start, end, find.kind, secret, find.quote.decode())


def _blank(view: TextView, finds: Iterable[Find]) -> TextView:
    spans = [(find.start, find.end) for find in finds]
    if not spans:
        return view
    data = bytearray(view.data)
    for start, end in spans:
        data[start:end] = bytes([MASKED]) * (end - start)
    return view.with_data(bytes(data))


def _without_masks(view: TextView) -> TextView:
    """Return the view with the masks of an earlier redaction covered, so that nothing is found in them."""
    if b" #" not in view.data:
        return view
    return _blank(view, (Find(match.start(), match.end(), SecretKind.SECRET) for match in _MASK.finditer(view.data)))


def _merge(spans: list[_MaskSpan]) -> list[_MaskSpan]:
    """Return disjoint spans in the order of the text."""
    merged: list[_MaskSpan] = []
    for span in sorted(spans, key=lambda p: (p.start, -p.end)):
        if merged and span.start < merged[-1].end:
            merged[-1].take_in(span)
        else:
            merged.append(span)
    return merged


def _within_strings(text: str, spans: list[_MaskSpan]) -> list[_MaskSpan]:
    """Return the spans cut at the quotes of the JSON around them; a number's span has quotes of its own."""
    if not spans or ('"' not in text):
        return spans
    strings = strings_of(text, (span.start for span in spans))
    if not strings.documents:
        return spans
    return [
        _MaskSpan(start, end, span.kind, span.secret, span.quote)
        for span in spans
        for start, end in ([(span.start, span.end)] if span.quote else strings.inside(span.start, span.end))
    ]
