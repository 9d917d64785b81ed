"""What a finding proves about the key.

A card says what holds about the key when its cause is the right one; this module says how much of that the paste
proves. The three claims need more than a matching card:

* "rejected": Anthropic's own 401, for a call that went to Anthropic, in its own words and not in a person's;
* "unusable": the text in the key field, as a program read it, for a call that went to Anthropic;
* "good": Anthropic's own answer, of a kind that needs a known key, for a call that went to Anthropic.

Everything else is "unknown". A gateway, another vendor, a Code node's author and a person who describes a test prove
nothing about a key of Anthropic.
"""

from collections.abc import Iterable
from typing import Final

from core.causes.card import Card, Certainty, Family, KeyVerdict
from core.paste.failure import AnsweredBy, Failure, Provider, Success, Surface, is_other_host

CLAIMS: Final = frozenset((KeyVerdict.GOOD, KeyVerdict.REJECTED, KeyVerdict.UNUSABLE))
"""The verdicts that need a proof."""
BLAMES: Final = frozenset((KeyVerdict.REJECTED, KeyVerdict.UNUSABLE))
_LOST: Final = (None, AnsweredBy.EMPTY)
"""The paste does not say who answered: n8n shows Anthropic's sentence without the JSON around it."""


def proven(card: Card, certainty: Certainty, failure: Failure | None, *, before_sending: bool = False) -> KeyVerdict:
    """Return what is proven about the key when `card` is the finding for `failure`.

    `before_sending` says that the words which matched are n8n's or a client's own, written before any call.
    """
    verdict = card.key_verdict
    if verdict not in CLAIMS:
        return verdict
    if failure is None or failure.told or failure.is_elsewhere or _is_anothers(failure):
        return KeyVerdict.UNKNOWN
    if failure.unknown_host and failure.host is None:
        return KeyVerdict.UNKNOWN
    if verdict is KeyVerdict.GOOD:
        proved = not before_sending and _may_be_anthropics(failure) and _proves_good(card, certainty, failure)
    elif verdict is KeyVerdict.REJECTED:
        proved = certainty is Certainty.CERTAIN and _may_be_anthropics(failure) and failure.status in (401, None)
    else:
        proved = certainty is Certainty.CERTAIN
    return verdict if proved else KeyVerdict.UNKNOWN


def proven_by_answers(card: Card, successes: Iterable[Success]) -> KeyVerdict:
    """Return what the answered calls of a paste without a failure prove about the key."""
    if card.key_verdict is not KeyVerdict.GOOD:
        return card.key_verdict
    direct = any(success.claudes and not is_other_host(success.host) for success in successes)
    return KeyVerdict.GOOD if direct else KeyVerdict.UNKNOWN


def recalled(card: Card, certainty: Certainty, failure: Failure | None, kept: KeyVerdict) -> KeyVerdict:
    """Return the verdict of a finding whose facts were kept: what was said then, where its facts still allow it."""
    if card.key_verdict not in CLAIMS:
        return card.key_verdict
    answered = failure is None and card.family is Family.NONE
    allowed = card.key_verdict if answered else proven(card, certainty, failure)
    return kept if kept is allowed else KeyVerdict.UNKNOWN


def _is_anothers(failure: Failure) -> bool:
    """Return whether another vendor was called, or a node that does not call Claude by itself."""
    return failure.provider not in (None, Provider.ANTHROPIC) or failure.surface is Surface.OTHER_NODE


def _may_be_anthropics(failure: Failure) -> bool:
    """Return whether the answer is Anthropic's, or n8n shows it without saying whose.

    What a Code node puts out or throws is its author's: an answer's whole form too can be written by hand, or kept.
    """
    return failure.surface is not Surface.CODE_NODE and failure.answered_by in (*_LOST, AnsweredBy.ANTHROPIC)


def _proves_good(card: Card, certainty: Certainty, failure: Failure) -> bool:
    """Return whether Anthropic's own answer is in view, and is of a kind that needs a known key.

    A step behind the model (an output parser) fails only after an answer, which counts where Claude is known to have
    given it. A cause that is merely likely needs the answer's own form: its words alone fit other causes too.
    """
    if certainty is Certainty.POSSIBLE:
        return False
    if card.family is Family.NOT_ANTHROPIC:
        return failure.provider is Provider.ANTHROPIC
    return failure.answered_by is AnsweredBy.ANTHROPIC or (certainty is Certainty.CERTAIN and bool(failure.message))
