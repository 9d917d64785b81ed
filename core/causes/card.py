"""The form of a card: one cause of the catalogue as a TOML file that support staff can read and fix.

A card says how its cause is recognised (`match`), what the person reads and what the rest of Reconnect needs to know
about the cause, and carries its own examples (must match) and near misses (must not). Unknown fields, unknown values,
missing words and unknown names are refused when the catalogue loads.

Words may hold two kinds of placeholders:

* ``{console.billing}``, ``{n8n.credentials}``: a menu path, button label or address from ``places.toml``;
* ``{fact.model|the model}``: a fact of the failure, with the words to use when the paste does not say.
"""

import datetime as dt
from enum import StrEnum
from typing import Final

import msgspec

from core.causes.kinds import Kind
from core.keys.key_text import KeyFault
from core.models.catalogue import ModelState
from core.net.base_url import TargetProblem
from core.paste.failure import AnsweredBy, FailedIn, Headline, Hosting, Provider, Shape, Surface


class Family(StrEnum):
    """The parts of the catalogue; a card's folder has its family's name."""

    KEY = "key"
    ACCESS = "access"
    MODEL = "model"
    BILLING = "billing"
    LIMITS = "limits"
    REQUEST = "request"
    NETWORK = "network"
    SETUP = "setup"
    N8N = "n8n"
    NOT_ANTHROPIC = "not_anthropic"
    NONE = "none"


class WhoFixes(StrEnum):
    """Whose side it is on."""

    YOU = "you"
    ACCOUNT_ADMIN = "account_admin"
    N8N_ADMIN = "n8n_admin"
    WAIT = "wait"
    SUPPORT = "support"
    NOBODY = "nobody"


class KeyVerdict(StrEnum):
    """What is proven about the key."""

    GOOD = "good"
    REJECTED = "rejected"  # Anthropic itself said so
    UNUSABLE = "unusable"  # what is in the field cannot be a key
    UNKNOWN = "unknown"  # not proven either way
    NOT_INVOLVED = "not_involved"


class Certainty(StrEnum):
    """How sure a finding is; in this order."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class ChosenWhen(StrEnum):
    """When the diagnosis chooses a cause by itself; each value is on one card."""

    NOTHING_FAILED = "nothing_failed"
    NOTHING_SAID = "nothing_said"  # nothing is said of a failure, or no card knows the words
    DETAIL_LOST = "detail_lost"  # a status, a headline or a code is all that survived


class NodeHelp(StrEnum):
    """What Reconnect makes for n8n that helps with a cause."""

    NEW_NODE = "new_node"  # the cause is in how a node is set: a new node does not have it
    FALLBACK = "fallback"  # waiting is enough: the workflow waits and tries again
    SELF_TEST = "self_test"  # a test from inside n8n says more than the error did


class AccountFact(StrEnum):
    """A part of the account that an answer can show."""

    CREDIT = "credit"
    RATE_LIMITS = "rate_limits"


class ProbeFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an answer with this cause means for a live test of a key."""

    proves_key_valid: bool = False
    """Anthropic can only know of it once it has found the key's organization (API errors page, 2026-10-10)."""
    stops: str | None = None
    """Why no other model is asked: the cause is the same for all of them, and asking costs time or trust."""
    shows: AccountFact | None = None
    """What is known of the account after such an answer."""
    about_auth_header: bool = False
    """It is about the header that carries the key, so it also explains a gateway's 401."""
    anthropic_only: bool = False
    """Only Anthropic answers so: a gateway that hands it on was refused itself."""
    portal_fixes: bool = False
    """The portal's own network causes it, as it does every cause of the family `network`."""


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to recognise a cause: every field that is set must apply; a list applies if any of its values does.

    `message`, `sent_key`, `url`, `host`, `path` and `model` are RE2 patterns, searched case-insensitively. `message` is
    searched in the failure's message and its further texts, with runs of white space read as one blank.
    `absent` names facts that must be unknown; `n8n` is a version range such as ``">=2.10,<2.14"`` (unknown version:
    does not apply); `elsewhere` asks whether a gateway or a cloud was called or answered. `invented` marks a
    wording that no source confirms; it never counts as more than possible. `before_sending` marks words that n8n or a
    client writes by itself, most often before any call: they prove nothing about the key. `says` names kinds of failing
    (`core.causes.kinds`), which are asked for where no card is sure; they prove nothing either.

    A failure of another vendor or of a node that does not call Claude, and words that a Code node's author wrote, are
    read only by blocks that name a `surface`, a `provider`, a `node_type` or an `n8n_error`, and by those with
    `others_too`: words that tell the cause no matter which vendor was called.
    """

    certainty: Certainty
    status: list[int] = []
    error_type: list[str] = []
    error_code: list[str] = []
    code: list[str] = []
    headline: list[Headline] = []
    answered_by: list[AnsweredBy] = []
    stop_reason: list[str] = []
    surface: list[Surface] = []
    provider: list[Provider] = []
    shape: list[Shape] = []
    node_type: list[str] = []
    n8n_error: list[str] = []
    failed_in: list[FailedIn] = []
    model_state: list[ModelState] = []
    says: list[Kind] = []
    message: str | None = None
    sent_key: str | None = None
    url: str | None = None
    host: str | None = None
    path: str | None = None
    model: str | None = None
    n8n: str | None = None
    absent: list[str] = []
    elsewhere: bool | None = None
    invented: bool = False
    before_sending: bool = False
    others_too: bool = False

    @property
    def tells_only_where(self) -> bool:
        """Whether it asks only where the call was made, and nothing of what was said."""
        asked = {name for name in self.__struct_fields__ if name not in NOT_CONDITIONS and getattr(self, name)}
        return asked <= _WHERE


_WHERE: Final = frozenset(("surface", "provider", "node_type", "shape", "absent", "elsewhere"))
NOT_CONDITIONS: Final = frozenset(("certainty", "invented", "before_sending", "others_too"))
"""What a match says about itself; its other fields are conditions."""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a variant of a card's words is used instead of its ordinary ones.

    `elsewhere` asks whether a gateway or a cloud was called or answered (never for a live test); `proven` whether the
    card's verdict on the key is proven; `hosting` where n8n runs, as far as the paste tells; `failed` whether anything
    failed at all (a variant that does not ask is for failures). `nearest` is for where no
    card fits and the nearest causes are named, whether anything failed or not.
    """

    surface: list[Surface] = []
    shape: list[Shape] = []
    elsewhere: bool | None = None
    proven: bool | None = None
    failed: bool = True
    nearest: bool = False
    status: list[int] = []
    model_state: list[ModelState] = []
    answered_by: list[AnsweredBy] = []
    certainty: list[Certainty] = []
    hosting: list[Hosting] = []
    n8n: str | None = None


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words for one situation; each word is taken from the first variant that fits and gives it, else the card."""

    when: When
    title: str | None = None
    what_happened: str | None = None
    why: str | None = None
    steps: list[str] | None = None
    how_to_check: str | None = None
    still_unknown: str | None = None
    copy_next: str | None = None


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another cause that can look the same, and the one check that tells the two apart.

    `status` keeps it to failures with one of these statuses, or with none known.
    """

    cause: str
    check: str
    status: list[int] = []


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A paste for which this card must be the first finding."""

    text: str
    source: str | None = None


class NearMiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A paste that looks alike and must not match, with the reason."""

    text: str
    why: str


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One cause: facts to recognise it, words to act on, examples to test it with."""

    id: str
    family: Family
    who_fixes: WhoFixes
    key_verdict: KeyVerdict
    title: str
    what_happened: str
    why: str
    steps: list[str]
    how_to_check: str
    not_tested: list[str]
    verified: dt.date
    sources: list[str]
    links: list[str] = []
    assistant_prompts: list[str] = []
    still_needs: str | None = None  # what a valid key lacks while this is the cause, in one sentence about "it"
    still_unknown: str | None = None  # where the paste cannot tell: what is missing
    copy_next: str | None = None  # ... and what to copy from n8n to see it
    beats: list[str] = []  # ids of more general cards that give way when both match
    stops_every_call: bool = False  # a node with this fault calls nobody, so one that was answered does not have it
    chosen_when: ChosenWhen | None = None  # such a card needs no `match`, and no search by status finds it
    key_fault: KeyFault | None = None  # the fault in a key's text that is this cause
    base_url_problems: list[TargetProblem] = []  # why a base URL was refused, where that is this cause
    model_state: ModelState | None = None  # what becomes of a call to a model in this state
    node_help: NodeHelp | None = None
    about_credential_test: bool = False  # it is about n8n's own test of a credential, not about a call
    probe: ProbeFacts = ProbeFacts()
    match: list[Match] = []
    variant: list[Variant] = []
    alternative: list[Alternative] = []
    example: list[Example] = []
    near_miss: list[NearMiss] = []

    @property
    def names_no_cause(self) -> bool:
        """Whether this card only says that the cause is not in the paste."""
        return self.chosen_when in (ChosenWhen.NOTHING_SAID, ChosenWhen.DETAIL_LOST)
