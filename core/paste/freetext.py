"""Reading text that has no shape of its own: a sentence, a toast, log lines, a traceback, a forum post.

Values in the text are read as documents; what is left is read line by line. Lines about the same call are
joined, and a line that contradicts what is known so far begins another failure.
"""

from typing import Final

import re2

from core.paste.documents import read_value
from core.paste.draft import Draft, DraftReading
from core.paste.facts.bodies import is_bare_answer, is_error, is_message
from core.paste.facts.headlines import node_in_headline, node_within
from core.paste.facts.lines import is_echo, is_terminal, weight, without_frame
from core.paste.facts.node_types import provider_in
from core.paste.facts.others import learn_others
from core.paste.facts.pages import is_html, learn_page, page_start
from core.paste.facts.prose import is_told
from core.paste.facts.relays import is_relays_line, names_upstream
from core.paste.facts.stack import is_quoted_code, is_stack_line, learn_stack, place_in
from core.paste.facts.statuses import spoken_status
from core.paste.facts.wording import is_noise, learn_text
from core.paste.failure import PLACE_ONLY, RUNS, AnsweredBy, Shape, Span, Surface
from core.paste.formats.fragments import Fragment, fragments_in
from core.paste.formats.repair import without_wraps
from core.paste.shapes.words import shape_of_words

_LINE_LIMIT: Final = 400
_WRAPPED_LIMIT: Final = 4_000
_CHAT_MODEL_MARK: Final = "original error:"
"""What n8n's chat models write below a fault of their client (n8nLlmFailedAttemptHandler)."""
_CAUSE: Final = "[cause]:"
_ORIGINS: Final = frozenset(("node", "in n", "from"))
_LOG_HEAD: Final = re2.compile(
    r"(?i)^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]?[\s|:-]*"
    r"(?:\[?(?:error|warn(?:ing)?|info|debug|fatal)\]?)?[\s|:-]*"
)
_QUOTE: Final = re2.compile(r"^(?:> ?)+")
_FENCE: Final = re2.compile(r"^\s*(?:```|~~~)[\w-]*\s*$")
_CREDENTIAL: Final = re2.compile(
    r"(?i)^(?:-\s*)?credentials?(?: name| type)?: ?(.{2,80})$|^(.{2,60}? (?:api )?account(?: \d+)?)$"
)
_FROM: Final = re2.compile(r"(?i)^(?:node(?: name)?: ?|in node |from )[‘'\"]?([^,;!?]{2,80}?)[’'\"]?$")


def read_free_text(text: str) -> DraftReading:
    """Return what a text without a shape says; `TEXT` is the shape where nothing more is known."""
    plain = _without_marks(text)
    reading = DraftReading(shape_of_words(plain))
    bodies: list[Draft] = []
    rest = []
    at = 0
    fragments = list(fragments_in(plain))
    if not fragments and "{" in plain and "\n" in plain[:_WRAPPED_LIMIT] and len(plain) < _WRAPPED_LIMIT:
        joined = without_wraps(plain)  # a terminal that wraps at its width breaks a body's words and escapes
        fragments = [fragment for fragment in fragments_in(joined) if _is_answer(fragment.value)]
        plain = joined if fragments else plain
    if plain is text:
        reading.values = tuple(Span(fragment.start, fragment.end) for fragment in fragments)
    for fragment in fragments:
        line_start = plain.rfind("\n", 0, fragment.start) + 1
        before = max(line_start, at)
        document = _document(fragment)
        if document is not None:
            reading.shape = document.shape if not reading.is_telling else reading.shape
            _take(reading, document)
            rest.append(plain[at : fragment.start])
        else:
            body = Draft()
            learn_text(body, _without_log_head(plain[before : fragment.end]))
            if body.says_something and body.has_answer and _is_answer(fragment.value):
                bodies.append(body)
                rest.append(plain[at:before])
            else:
                rest.append(plain[at : fragment.end])
        at = fragment.end
    rest.append(plain[at:])
    _join_all(reading, bodies, "".join(rest))
    for draft in reading.drafts:
        learn_stack(draft, [plain])
    return reading


def _without_marks(text: str) -> str:
    """Return the text without the marks of quoted mail, code fences and terminals, and without what was typed there."""
    terminal = is_terminal(text)
    if not terminal and not any(mark in text for mark in ("> ", "```", "~~~", "│", "❌", "✕")):
        return text
    lines = text.split("\n")
    plain = {line: _without_mark(line, terminal=terminal) for line in set(lines)}
    return "\n".join(plain[line] for line in lines)


def _without_mark(line: str, *, terminal: bool) -> str:
    if terminal and is_echo(line):
        return ""
    if line[:1] == ">" or "```" in line or "~~~" in line:
        return str(_FENCE.sub("", _QUOTE.sub("", line)))
    start = line.lstrip()[:1]
    return without_frame(line) if start and not start.isascii() and not start.isalpha() else line


def _document(fragment: Fragment) -> DraftReading | None:
    """A fragment that is a document of n8n's; a bare answer is read with the words before it instead."""
    if is_bare_answer(fragment.value):
        return None
    document = read_value(fragment.value)
    if document is None or (document.shape in (Shape.HTTP_BODY, Shape.ITEMS) and not document.successes):
        return None
    return document


def _is_answer(value: object) -> bool:
    """Whether a value is a body by itself; an example of a setting inside a sentence is not."""
    first = value[0] if isinstance(value, list) and value else value
    return is_error(first) or is_message(first)


def _take(reading: DraftReading, document: DraftReading) -> None:
    reading.drafts += document.drafts
    reading.successes += document.successes
    reading.nodes = document.nodes or reading.nodes
    reading.needs = reading.needs or document.needs


def _join_all(reading: DraftReading, bodies: list[Draft], rest: str) -> None:
    """Join what the lines say with the answers that were among them."""
    drafts = bodies
    context = Draft()
    bits = _bits(rest)
    for bit in sorted(bits, key=_is_aside) if len(bits) > 1 else bits:
        if _is_context(bit):
            context.learn(**bit.facts)
            continue
        home = next((draft for draft in reversed(drafts) if _compatible(draft, bit)), None)
        if home is None:
            drafts.append(bit)
        else:
            _join(home, bit)
    for draft in drafts:
        _lead_with_failing(draft)
    _say_paragraphs(drafts, rest)
    telling = [draft for draft in _distinct(drafts) if draft.says_something]
    if len(reading.drafts) == 1 and reading.shape not in RUNS:
        _learn_places(reading.drafts[0], telling)
    reading.drafts += [draft for draft in telling if draft.has_answer or not reading.is_telling]
    for draft in reading.drafts:
        draft.learn(**context.facts)
        if draft.provider is None and draft.node:
            named = provider_in(str(draft.node))
            draft.learn(provider=named)
    learn_others(reading.drafts, rest)
    if reading.shape is Shape.TEXT and any(d.surface is Surface.CREDENTIAL_TEST for d in reading.drafts):
        reading.shape = Shape.CREDENTIAL_TEST
    if not reading.drafts and context:
        reading.drafts.append(context)


def _learn_places(document: Draft, drafts: list[Draft]) -> None:
    """Learn from the lines around a document where its call went."""
    for draft in drafts:
        if not draft.has_answer and _compatible(document, draft):
            document.learn(status=draft.status, url=draft.url, host=draft.host, path=draft.path, model=draft.model)


def _is_aside(bit: Draft) -> bool:
    """Whether a line is only words, without any sign of a failing: it is said last."""
    return bit.message is not None and bit.facts.keys() <= {"message", "told"} and weight(bit.message) == 0


def _lead_with_failing(draft: Draft) -> None:
    """Make the line that tells most of the failing the message; an answer's own sentence stays."""
    if draft.has_answer or draft.message is None or not (draft.also or draft.headline):
        return
    if weight(draft.message) > 0:
        return
    said = [draft.message, *draft.also]
    best = max(said, key=weight)
    bare = draft.headline and draft.headline not in PLACE_ONLY and draft.message not in str(draft.headline_text)
    if bare and weight(best) == 0:
        # prose around n8n's bare sentence
        draft.message, draft.also = None, said
    elif best != draft.message:
        draft.correct(message=best)
        draft.also = [text for text in said if text != best]


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Leave out answers that repeat an earlier one (a log prints the same failure two or three times)."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = next((other for other in kept if _compatible(other, draft)), None)
        if twin is None:
            kept.append(draft)
        else:
            _join(twin, draft)
    return kept


def _bits(text: str) -> list[Draft]:
    """One draft for every line that says something; the trace's lines only tell the surface."""
    if is_html(text):
        page = Draft()
        start = page_start(text)
        learn_text(page, text[:start])
        page.learn(status=spoken_status(text[:start]))
        learn_page(page, text[start:])
        return [page]
    bits: list[Draft] = []
    in_trace = False
    for line in text.split("\n")[:_LINE_LIMIT]:
        if is_relays_line(line) or names_upstream(line):
            bits.append(Draft(relayed=True))
        if is_stack_line(line) or (in_trace and is_quoted_code(line)):
            in_trace = True
            place = place_in(line)
            if place is not None:
                bits.append(place)
            continue
        in_trace = False
        bit = _line(line)
        if bit is not None:
            bit.learn(told=True if is_told(line) else None)
            _give_reason(bits, bit, line)
            bits.append(bit)
    return bits


def _give_reason(bits: list[Draft], bit: Draft, line: str) -> None:
    """Give the errors above the code of the cause that Node names below them, as in ``[cause]: BodyTimeoutError``."""
    if bit.code is not None and line.lstrip().startswith(_CAUSE):
        for above in bits:
            if above.code is not None and above.answered_by is None:
                above.correct(code=bit.code)


def _line(line: str) -> Draft | None:
    words = without_frame(_without_log_head(line))
    if words.lower().startswith(_CHAT_MODEL_MARK):
        return Draft(surface=Surface.CHAT_MODEL)
    if not words or is_noise(words):
        return None
    named = _CREDENTIAL.search(words) if "redential" in words or "ccount" in words else None
    if named:
        provider = provider_in(named.group(1) or named.group(2))
        if provider:
            return Draft(provider=provider)
    origin = _FROM.search(words) if words[:4].lower() in _ORIGINS else None
    if origin and len(words) < 80:
        return Draft(node=origin.group(1))
    bit = Draft()
    spoken = None if node_in_headline(words) else node_within(words)
    if spoken and weight(words.replace("Error in", "")) == 0:
        return Draft(headline=spoken[0], headline_text=words, node=spoken[1])
    learn_text(bit, words)
    if bit.status is None:
        bit.learn(status=spoken_status(words))
    return bit


def _without_log_head(line: str) -> str:
    """Take a time and a level off the front of a log line."""
    start = line.lstrip()[:1]
    return _LOG_HEAD.sub("", line).strip() if start.isdigit() or start == "[" else line.strip()


def _is_context(bit: Draft) -> bool:
    """Whether a line tells only where, not what."""
    return not bit.says_something


def _compatible(draft: Draft, bit: Draft) -> bool:
    """Whether a line can be about the call that a draft tells of."""
    if any(one != two and None not in (one, two) for one, two in zip(draft.marks, bit.marks, strict=True)):
        return False
    if (_cut(draft) and _by_anthropic(bit)) or (_cut(bit) and _by_anthropic(draft)):
        return False
    both_answers = _proper_answer(draft) and _proper_answer(bit)
    return not (both_answers and draft.message != bit.message)


def _cut(draft: Draft) -> bool:
    """Whether the network failed: a call that was cut has no answer, so an answer beside it is another call's."""
    code = str(draft.code or "")
    return bool(code) and not code.startswith("ERR_BAD_") and draft.answered_by is None


def _by_anthropic(draft: Draft) -> bool:
    return draft.answered_by in (AnsweredBy.ANTHROPIC, AnsweredBy.ANTHROPIC_EDGE)


def _proper_answer(draft: Draft) -> bool:
    return draft.answered_by not in (None, AnsweredBy.EMPTY, AnsweredBy.PLAIN_TEXT)


def _join(home: Draft, bit: Draft) -> None:
    told = _stays_told(home, bit)
    _join_facts(home, bit)
    home.correct(told=told)


def _stays_told(home: Draft, bit: Draft) -> bool:
    """Whether what two lines say together is still only a person's word; an answer's own body is more than that."""
    if home.has_answer or bit.has_answer:
        return bool((home if home.has_answer else bit).told)
    return bool((home.told or not home.says_something) and (bit.told or not bit.says_something))


def _join_facts(home: Draft, bit: Draft) -> None:
    message = bit.message
    if _proper_answer(bit) and not _proper_answer(home):
        spoken = home.message
        home.correct(**bit.facts)
        home.say(spoken)
    if bit.headline and home.headline in PLACE_ONLY:
        place = home.headline_text
        home.also += [place] if place and home.node and place not in home.also else []
        home.correct(headline=bit.headline, headline_text=bit.headline_text)
    facts = bit.facts
    facts.pop("message", None)
    home.learn(**facts)
    home.say(message)
    for text in bit.also:
        home.say(text)


def _say_paragraphs(drafts: list[Draft], rest: str) -> None:
    """A wrapped sentence is only whole when its lines are joined: with spaces, and as a terminal cuts, without."""
    if len(drafts) != 1 or "\n" not in rest.strip() or len(rest) > 20_000:
        return
    for paragraph in rest.split("\n\n")[:20]:
        lines = [line.strip() for line in paragraph.strip().split("\n") if not (is_noise(line) or is_stack_line(line))]
        if 2 <= len(lines) <= 40:
            drafts[0].say(" ".join(lines))
            drafts[0].say("".join(lines))
