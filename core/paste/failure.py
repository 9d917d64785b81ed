"""The typed facts of one failing call, and what reading a paste gives back.

A `Failure` is what every reader produces and every card matches on. Its facts are plain typed fields; `None`
means "the paste does not say". `spans` tells, for a fact, where in `excerpt` it was read (character offsets), so
that a page can show the evidence in place. `excerpt` is redacted text: the whole paste for small input, a piece of
it for big files.

Values come from n8n 2.41.1 and 1.x exports as measured in a real n8n (November 2026) and from Anthropic's documented
errors; the wording of a sentence is never a contract, so cards match it loosely.
"""

from enum import StrEnum
from typing import Final

import msgspec

FAILURES: Final = 200
"""Failures that one paste can have; more tell nothing new."""


class Shape(StrEnum):
    """Which form a paste has."""

    EXECUTION = "execution"  # n8n public API, one execution
    EXECUTION_LIST = "execution_list"  # n8n public API, a page of executions
    EXECUTION_WITHOUT_DATA = "execution_without_data"  # public API without includeData=true
    EXECUTION_REST = "execution_rest"  # n8n's internal REST answer, from the browser's developer tools
    EXECUTION_ROW = "execution_row"  # a row of n8n's database
    EXECUTION_FLATTED = "execution_flatted"  # the flatted run data alone
    EXECUTION_CLI = "execution_cli"  # output of `n8n execute`
    EXECUTION_REDACTED = "execution_redacted"  # exported with redactExecutionData=true
    ERROR_TRIGGER = "error_trigger"  # what an Error Trigger node received
    COPY_DETAILS = "copy_details"  # the "Copy error details" button
    N8N_ERROR = "n8n_error"  # one n8n error object by itself
    ITEMS = "items"  # n8n items, with or without `error`
    WORKFLOW = "workflow"  # a workflow or canvas clipboard, no run
    SELF_TEST = "self_test"  # the report of Reconnect's own self-test workflow
    HTTP_BODY = "http_body"  # an HTTP answer's body
    HTTP_EXCHANGE = "http_exchange"  # curl -v, headers with a body
    HTML_PAGE = "html_page"  # a block page or another web page
    SDK_TRACEBACK = "sdk_traceback"  # a Python or JavaScript traceback
    CREDENTIAL_TEST = "credential_test"  # the banner of n8n's credential test
    PANEL = "panel"  # the error panel's text
    TOAST = "toast"  # the small pop-up: "Problem in node ..."
    LOG = "log"  # log lines
    TEXT = "text"  # free text
    EMPTY = "empty"  # nothing but white space


RUNS: Final = frozenset(
    (
        Shape.EXECUTION,
        Shape.EXECUTION_LIST,
        Shape.EXECUTION_REST,
        Shape.EXECUTION_ROW,
        Shape.EXECUTION_FLATTED,
        Shape.EXECUTION_CLI,
    )
)
"""The shapes that hold whole runs with their data: what they do not show did not happen in them."""


class Surface(StrEnum):
    """Where the call was made."""

    VENDOR_NODE = "vendor_node"  # @n8n/n8n-nodes-langchain.anthropic, "Message a model"
    CHAT_MODEL = "chat_model"  # lmChatAnthropic under a chain, agent, classifier, ...
    HTTP_REQUEST = "http_request"
    CODE_NODE = "code_node"
    CREDENTIAL_TEST = "credential_test"
    OTHER_CLIENT = "other_client"  # an SDK, curl, LiteLLM, another tool
    OTHER_NODE = "other_node"  # an n8n node that does not call Claude by itself
    PROBE = "probe"  # Reconnect's own live test


class AnsweredBy(StrEnum):
    """Who wrote the answer, told apart by the body's form, never by its words."""

    ANTHROPIC = "anthropic"  # outer type "error" and an inner string type, or a message object
    ANTHROPIC_EDGE = "anthropic_edge"  # {"error":{"type":"forbidden",...}} without outer type
    LITELLM = "litellm"  # LiteLLM's own answer (its wrapped Anthropic answers are unwrapped)
    OPENROUTER = "openrouter"
    AWS = "aws"
    GOOGLE = "google"
    AZURE = "azure"
    OPENAI_STYLE = "openai_style"  # {"error":{"message","type","param","code"}}
    HTML = "html"  # a web page
    OTHER_JSON = "other_json"
    PLAIN_TEXT = "plain_text"
    EMPTY = "empty"  # an answer without a body


class Provider(StrEnum):
    """Whose model was called."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    OPENROUTER = "openrouter"
    GOOGLE = "google"
    AWS = "aws"
    AZURE = "azure"
    GROQ = "groq"
    MISTRAL = "mistral"
    COHERE = "cohere"
    DEEPSEEK = "deepseek"
    XAI = "xai"
    PERPLEXITY = "perplexity"
    OLLAMA = "ollama"
    HUGGINGFACE = "huggingface"
    N8N_AI_CREDITS = "n8n_ai_credits"
    OTHER = "other"


class Hosting(StrEnum):
    """Where n8n runs."""

    CLOUD = "cloud"  # n8n Cloud
    OWN_SERVER = "own_server"  # installed by the person, or by somebody for them


class FailedIn(StrEnum):
    """Whose code failed, as the frames of a stack trace tell."""

    N8N = "n8n"  # n8n-core, n8n-workflow, the server
    N8N_NODE = "n8n_node"  # a node that n8n ships
    LANGCHAIN = "langchain"
    MESSAGE_BUILDING = "message_building"  # LangChain or n8n, while it turns stored messages into a request
    SDK = "sdk"  # a vendor's SDK or an HTTP client, of Node.js or Python
    COMMUNITY_NODE = "community_node"
    CODE_NODE = "code_node"  # what a Code node's author wrote
    EXPRESSION = "expression"
    PYTHON = "python"  # any other Python package
    OTHER_PROGRAM = "other_program"  # Go, Java, .NET


class Headline(StrEnum):
    """n8n's own sentence, which replaces the answer's (NodeApiError, n8n-workflow 2.41.0)."""

    BAD_REQUEST = "bad_request"  # 400
    AUTHORIZATION_FAILED = "authorization_failed"  # 401
    PAYMENT_REQUIRED = "payment_required"  # 402
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    METHOD_NOT_ALLOWED = "method_not_allowed"  # 405
    INVALID_REQUEST = "invalid_request"  # 413 and any other 4xx
    TOO_MANY_REQUESTS = "too_many_requests"  # 429
    SERVER_ERROR = "server_error"  # 500
    BAD_GATEWAY = "bad_gateway"  # 502
    SERVICE_UNAVAILABLE = "service_unavailable"  # 503
    GATEWAY_TIMEOUT = "gateway_timeout"  # 504
    SERVICE_FAILED = "service_failed"  # 529 and any other 5xx
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_CLOSED = "connection_closed"  # ECONNRESET
    CONNECTION_ABORTED = "connection_aborted"  # ECONNABORTED: a client-side time-out
    CONNECTION_TIMED_OUT = "connection_timed_out"  # ETIMEDOUT
    HOST_NOT_FOUND = "host_not_found"  # ENOTFOUND
    HOST_UNREACHABLE = "host_unreachable"
    DNS_TEMPORARY = "dns_temporary"  # EAI_AGAIN
    SSL_ISSUE = "ssl_issue"
    SUB_NODE = "sub_node"  # Error in sub-node '...'
    PROBLEM_IN_NODE = "problem_in_node"  # the toast
    COULD_NOT_CONNECT = "could_not_connect"  # the credential test's banner
    OTHER = "other"


PLACE_ONLY: Final = (Headline.SUB_NODE, Headline.PROBLEM_IN_NODE, Headline.COULD_NOT_CONNECT)
"""Headlines that only say where; a sentence about what happened replaces them."""


_GATEWAYS: Final = frozenset(
    (
        AnsweredBy.LITELLM,
        AnsweredBy.OPENROUTER,
        AnsweredBy.AWS,
        AnsweredBy.GOOGLE,
        AnsweredBy.AZURE,
        AnsweredBy.OPENAI_STYLE,
    )
)
_CLOUD_REQUESTS: Final = ("req_vrtx_", "req_bdrk_")
_ANTHROPIC: Final = "anthropic.com"


def is_other_host(host: str | None) -> bool:
    """Return whether a host is known and is not Anthropic's."""
    name = (host or "").lower().rstrip(".")
    return bool(name) and name != _ANTHROPIC and not name.endswith("." + _ANTHROPIC)


class Span(msgspec.Struct, frozen=True):
    """Character offsets in an excerpt: `start` inclusive, `end` exclusive."""

    start: int
    end: int


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One failing (or cut short, or refused) call, as typed facts.

    `message` is the most telling sentence: Anthropic's `error.message`, a transport's text, an n8n sentence. `also`
    holds further texts of the same failure that a card's pattern may match (n8n's description, the raw message).
    """

    # the answer
    status: int | None = None
    error_type: str | None = None  # Anthropic's error.type
    error_code: str | None = None  # error.details.error_code, or another vendor's code
    code: str | None = None  # transport or system code: ECONNREFUSED, CERT_HAS_EXPIRED, ERR_INVALID_URL, ...
    message: str | None = None
    also: tuple[str, ...] = ()
    headline: Headline | None = None
    headline_text: str | None = None
    answered_by: AnsweredBy | None = None
    stop_reason: str | None = None  # of a 200 that is not a full answer: max_tokens, refusal
    request_id: str | None = None
    retry_after: str | None = None
    organization_id: str | None = None
    workspace_id: str | None = None
    # the call
    surface: Surface | None = None
    provider: Provider | None = None
    model: str | None = None
    url: str | None = None
    host: str | None = None
    unknown_host: bool = False  # the URL is an expression or a variable: without `host`, where it went is not known
    path: str | None = None
    method: str | None = None
    credential_type: str | None = None
    sent_key: str | None = None  # what was sent as the key, redacted: "Bearer [Anthropic API key #3fa9c1]"
    api_version: str | None = None  # the anthropic-version header
    # where in n8n
    node: str | None = None
    node_type: str | None = None
    node_version: str | None = None
    n8n_error: str | None = None  # n8n's error class: NodeApiError, ExpressionError, WrappedExecutionError, ...
    failed_in: FailedIn | None = None
    root_node: str | None = None  # the chain or agent, when `node` is its sub-node
    item_index: int | None = None
    n8n_version: str | None = None
    hosting: Hosting | None = None
    # the run
    stopped_run: bool = True  # False for a failure that a continue mode swallowed
    answered_too: bool = False  # the same node, or the one above it, got Claude's answer in this run, which worked
    started_at: str | None = None
    attempts: int = 1  # how many alike failures this one counts
    # the evidence
    relayed: bool = False  # another service's answer is around this one
    told: bool = False  # read from a person's own sentence, which proves nothing
    doubted: bool = False  # the words around an answer say that it is another key's, a relay's or nobody's
    excerpt: str = ""
    spans: dict[str, Span] = {}

    @property
    def is_elsewhere(self) -> bool:
        """Whether a gateway or a cloud was called or answered: its answers are about a key of its own."""
        cloud = (self.request_id or "").startswith(_CLOUD_REQUESTS)
        return self.relayed or cloud or is_other_host(self.host) or self.answered_by in _GATEWAYS


class Success(msgspec.Struct, frozen=True, kw_only=True):
    """A Claude call in the paste that was answered.

    `claudes` says that the answer has Claude's own form, or came to a node that calls nobody but Claude; without it the
    call only looks like one. `host` is where it went, None where the paste does not say.
    """

    node: str | None = None
    surface: Surface | None = None
    model: str | None = None
    host: str | None = None
    claudes: bool = False


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a paste holds: its shape, the failures with the one that stopped the run first, and the answered calls."""

    shape: Shape
    failures: tuple[Failure, ...] = ()
    successes: tuple[Success, ...] = ()
    nodes: int | None = None  # how many nodes the run or workflow has
    n8n_version: str | None = None
    hosting: Hosting | None = None
    cut_off: bool = False  # the paste ends in the middle of its JSON
    needs: str | None = None  # what to copy instead, when this shape cannot hold the reason
    excerpt: str = ""


_NOT_FACTS: Final = frozenset(
    (
        "also",
        "stopped_run",
        "answered_too",
        "attempts",
        "unknown_host",
        "hosting",
        "relayed",
        "told",
        "doubted",
        "excerpt",
        "spans",
        "headline",
    )
)
FACTS: Final = tuple(name for name in Failure.__struct_fields__ if name not in _NOT_FACTS)
"""Names of the facts that can be shown as evidence and named in a card."""
