"""What "check my node" can find: the rules, their severity and causes, a hit and a finding.

Rule ids are stable: support refers to them, and the terminal prints them.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec


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
    Rule.KEY_PLACEHOLDER: "key_pasted_wrong",
    Rule.CREDENTIAL_EXPRESSION: "missing_key",
    Rule.CREDENTIAL_IN_CODE: "code_node_credentials",
    Rule.CODE_CALLS_API: "detail_lost",
    Rule.ENVIRONMENT_READ: "env_access_blocked",
    Rule.AUTHENTICATION_MISSING: "missing_key_header",
    Rule.AUTHENTICATION_TWICE: "wrong_auth_header",
    Rule.CREDENTIAL_TYPE_WRONG: "wrong_auth_header",
    Rule.HEADER_NAME_WRONG: "missing_key_header",
    Rule.BEARER_HEADER: "wrong_auth_header",
    Rule.VERSION_MISSING: "missing_version_header",
    Rule.VERSION_UNKNOWN: "missing_version_header",
    Rule.CONTENT_TYPE_WRONG: "request_field_missing",
    Rule.URL_HTTP: "base_url_wrong",
    Rule.URL_INVALID: "base_url_wrong",
    Rule.PATH_DOUBLED: "doubled_path",
    Rule.PATH_WRONG: "wrong_path",
    Rule.METHOD_WRONG: "wrong_path",
    Rule.BODY_MISSING: "request_field_missing",
    Rule.BODY_AS_FIELDS: "request_field_missing",
    Rule.BODY_QUOTED_TEMPLATE: "body_not_json",
    Rule.BODY_NOT_JSON: "body_not_json",
    Rule.BODY_EXPRESSION_BROKEN: "expression_error",
    Rule.BODY_FIELD_MISSING: "request_field_missing",
    Rule.MAX_TOKENS_TEXT: "request_field_missing",
    Rule.MAX_TOKENS_TOO_LARGE: "max_tokens_too_large",
    Rule.MODEL_RETIRED: "retired_model",
    Rule.MODEL_RETIRING: "model_not_available",
    Rule.MODEL_UNKNOWN: "model_id_typo",
    Rule.MODEL_MISSING: "node_not_configured",
    Rule.PARAMETER_REFUSED: "param_deprecated_for_model",
    Rule.SAMPLING_TWICE: "sampling_params_conflict",
    Rule.THINKING_REFUSED: "thinking_config",
    Rule.MODEL_IN_MAIN_FLOW: "node_not_configured",
    Rule.MANY_AT_ONCE: "rate_limited",
    Rule.ERRORS_HIDDEN: "detail_lost",
    Rule.STATUS_LOST: "detail_lost",
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
