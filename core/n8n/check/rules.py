"""What "check my node" can find: the rules, their severity and causes, a hit and a finding.

Rule ids are stable: support refers to them, and the terminal prints them.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

from core.causes.ids import CauseId


class Rule(StrEnum):
    """One thing that a node can have wrong."""

    KEY_IN_PLAIN_TEXT = "key_in_plain_text"
    KEY_PLACEHOLDER = "key_placeholder"
    SECRET_ELSEWHERE = "secret_elsewhere"  # noqa: S105 - a rule, no secret
    CREDENTIAL_EXPRESSION = "credential_expression"  # $credentials in a header, a body or an address
    CREDENTIAL_IN_CODE = "credential_in_code"
    CODE_CALLS_API = "code_calls_api"
    ENVIRONMENT_READ = "environment_read"
    AUTHENTICATION_MISSING = "authentication_missing"
    AUTHENTICATION_TWICE = "authentication_twice"
    CREDENTIAL_TYPE_WRONG = "credential_type_wrong"
    HEADER_NAME_WRONG = "header_name_wrong"
    BEARER_HEADER = "bearer_header"
    VERSION_MISSING = "version_missing"
    VERSION_UNKNOWN = "version_unknown"
    CONTENT_TYPE_WRONG = "content_type_wrong"
    URL_HTTP = "url_http"
    URL_INVALID = "url_invalid"
    PATH_DOUBLED = "path_doubled"
    PATH_WRONG = "path_wrong"
    METHOD_WRONG = "method_wrong"
    BODY_MISSING = "body_missing"
    BODY_AS_FIELDS = "body_as_fields"
    BODY_QUOTED_TEMPLATE = "body_quoted_template"
    BODY_NOT_JSON = "body_not_json"
    BODY_NOT_EXPRESSION = "body_not_expression"
    BODY_EXPRESSION_BROKEN = "body_expression_broken"
    BODY_FIELD_MISSING = "body_field_missing"
    MAX_TOKENS_TEXT = "max_tokens_text"
    MAX_TOKENS_TOO_LARGE = "max_tokens_too_large"
    MODEL_RETIRED = "model_retired"
    MODEL_RETIRING = "model_retiring"
    MODEL_UNKNOWN = "model_unknown"
    MODEL_MISSING = "model_missing"
    MODEL_GONE_AT_GATEWAY = "model_gone_at_gateway"
    PARAMETER_REFUSED = "parameter_refused"
    SAMPLING_TWICE = "sampling_twice"
    THINKING_REFUSED = "thinking_refused"
    SYSTEM_ROLE = "system_role"
    TYPE_VERSION_OLD = "type_version_old"
    NODE_TYPE_UNKNOWN = "node_type_unknown"
    REMOVED_IN_N8N_3 = "removed_in_n8n_3"
    MODEL_IN_MAIN_FLOW = "model_in_main_flow"
    MANY_AT_ONCE = "many_at_once"
    ERRORS_HIDDEN = "errors_hidden"
    STATUS_LOST = "status_lost"
    TLS_UNCHECKED = "tls_unchecked"


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the call fails, or a secret is in the open
    WARNING = "warning"  # it fails sooner or later, or its failures go unseen
    NOTE = "note"


CAUSES: Final = {
    Rule.KEY_PLACEHOLDER: CauseId.KEY_PASTED_WRONG,
    Rule.CREDENTIAL_EXPRESSION: CauseId.MISSING_KEY,
    Rule.CREDENTIAL_IN_CODE: CauseId.CODE_NODE_CREDENTIALS,
    Rule.CODE_CALLS_API: CauseId.DETAIL_LOST,
    Rule.ENVIRONMENT_READ: CauseId.ENV_ACCESS_BLOCKED,
    Rule.AUTHENTICATION_MISSING: CauseId.MISSING_KEY_HEADER,
    Rule.AUTHENTICATION_TWICE: CauseId.WRONG_AUTH_HEADER,
    Rule.CREDENTIAL_TYPE_WRONG: CauseId.WRONG_AUTH_HEADER,
    Rule.HEADER_NAME_WRONG: CauseId.MISSING_KEY_HEADER,
    Rule.BEARER_HEADER: CauseId.WRONG_AUTH_HEADER,
    Rule.VERSION_MISSING: CauseId.MISSING_VERSION_HEADER,
    Rule.VERSION_UNKNOWN: CauseId.MISSING_VERSION_HEADER,
    Rule.CONTENT_TYPE_WRONG: CauseId.REQUEST_FIELD_MISSING,
    Rule.URL_HTTP: CauseId.BASE_URL_WRONG,
    Rule.URL_INVALID: CauseId.BASE_URL_WRONG,
    Rule.PATH_DOUBLED: CauseId.DOUBLED_PATH,
    Rule.PATH_WRONG: CauseId.WRONG_PATH,
    Rule.METHOD_WRONG: CauseId.WRONG_PATH,
    Rule.BODY_MISSING: CauseId.REQUEST_FIELD_MISSING,
    Rule.BODY_AS_FIELDS: CauseId.REQUEST_FIELD_MISSING,
    Rule.BODY_QUOTED_TEMPLATE: CauseId.BODY_NOT_JSON,
    Rule.BODY_NOT_JSON: CauseId.BODY_NOT_JSON,
    Rule.BODY_EXPRESSION_BROKEN: CauseId.EXPRESSION_ERROR,
    Rule.BODY_FIELD_MISSING: CauseId.REQUEST_FIELD_MISSING,
    Rule.MAX_TOKENS_TEXT: CauseId.REQUEST_FIELD_MISSING,
    Rule.MAX_TOKENS_TOO_LARGE: CauseId.MAX_TOKENS_TOO_LARGE,
    Rule.MODEL_RETIRED: CauseId.RETIRED_MODEL,
    Rule.MODEL_RETIRING: CauseId.MODEL_NOT_AVAILABLE,
    Rule.MODEL_UNKNOWN: CauseId.MODEL_ID_TYPO,
    Rule.MODEL_MISSING: CauseId.NODE_NOT_CONFIGURED,
    Rule.PARAMETER_REFUSED: CauseId.PARAM_DEPRECATED_FOR_MODEL,
    Rule.SAMPLING_TWICE: CauseId.SAMPLING_PARAMS_CONFLICT,
    Rule.THINKING_REFUSED: CauseId.THINKING_CONFIG,
    Rule.MODEL_IN_MAIN_FLOW: CauseId.NODE_NOT_CONFIGURED,
    Rule.MANY_AT_ONCE: CauseId.RATE_LIMITED,
    Rule.ERRORS_HIDDEN: CauseId.DETAIL_LOST,
    Rule.STATUS_LOST: CauseId.DETAIL_LOST,
}
"""The cause of the catalogue that a rule's fault leads to, where there is one."""

_NOTES: Final = frozenset({Rule.TYPE_VERSION_OLD, Rule.CODE_CALLS_API, Rule.REMOVED_IN_N8N_3, Rule.SECRET_ELSEWHERE})
_WARNINGS: Final = frozenset(
    {
        Rule.ENVIRONMENT_READ,
        Rule.AUTHENTICATION_TWICE,
        Rule.BEARER_HEADER,
        Rule.MODEL_RETIRING,
        Rule.MODEL_UNKNOWN,
        Rule.BODY_NOT_EXPRESSION,
        Rule.MODEL_GONE_AT_GATEWAY,
        Rule.NODE_TYPE_UNKNOWN,
        Rule.MANY_AT_ONCE,
        Rule.ERRORS_HIDDEN,
        Rule.STATUS_LOST,
        Rule.TLS_UNCHECKED,
    }
)


def severity_of(rule: Rule) -> Severity:
    """Return how much a rule's finding matters."""
    if rule in _NOTES:
        return Severity.NOTE
    return Severity.WARNING if rule in _WARNINGS else Severity.ERROR


class NodeFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with one node, in plain sentences, as it may be shown.

    `fixed`: the corrected copy, checked again, has it right and nothing new that is wrong. `left`: it is still wrong in
    the copy. Neither: it was changed, but that alone is not enough.
    """

    rule: Rule
    severity: Severity
    node: str
    node_type: str
    says: str
    fix: str
    cause: str | None
    fixed: bool
    left: bool


Correction = Callable[[dict[str, Any]], None]
"""Corrects one thing in a node, in place."""


class RuleHit(msgspec.Struct, frozen=True):
    """One fault that a rule found: a sentence, what to do, and how to correct it where Reconnect can."""

    rule: Rule
    says: str
    fix: str
    correction: Correction | None = None


Hits = Iterator[RuleHit]
