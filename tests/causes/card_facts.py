"""What each card says beyond its words, written down once more: a fact that a card loses or gains fails a test."""

NODE_HELP = {
    "new_node": {
        "code_node_credentials", "missing_key_header", "wrong_auth_header", "missing_version_header",
        "workspace_id_required", "retired_model", "doubled_path", "wrong_path", "body_not_json",
        "request_field_missing", "request_field_unknown", "param_deprecated_for_model", "sampling_params_conflict",
        "thinking_config", "max_tokens_too_large", "streaming_required",
    },
    "fallback": {"rate_limited", "overloaded", "anthropic_server_error", "upstream_gateway_error"},
    "self_test": {
        "connection_error_unspecified", "connection_refused", "connection_reset", "dns_failure", "timeout",
        "tls_untrusted", "tls_expired", "proxy_blocked", "proxy_auth_required", "unexpected_response", "detail_lost",
    },
}  # fmt: skip
BASE_URL_PROBLEMS = {
    "base_url_wrong": {
        "empty", "too_long", "space", "retype", "no_scheme", "scheme", "plain_http", "backslash", "userinfo", "query",
        "shape", "host", "numeric_host", "port", "web_address", "look_alike", "path",
    },
    "doubled_path": {"doubled_path"},
}  # fmt: skip
STOPS = {
    "invalid_key": "the key was refused",
    "key_expired": "the key was refused",
    "organization_disabled": "the organization is disabled",
    "credit_exhausted": "the credit is used up",
    "spend_limit_reached": "a spend limit is reached",
    "billing_problem": "there is a billing problem",
}
FACTS = {
    "chosen_when": {"nothing_failed": {"no_failure"}, "nothing_said": {"unknown"}, "detail_lost": {"detail_lost"}},
    "key_fault": {
        "missing": {"missing_key"},
        "bad_characters": {"key_bad_characters"},
        "pasted_wrong": {"key_pasted_wrong"},
        "wrong_type": {"wrong_key_type"},
        "oauth": {"oauth_token_as_key"},
        "other_vendor": {"other_provider_key"},
    },
    "base_url_problems": {problem: {cause} for cause, some in BASE_URL_PROBLEMS.items() for problem in some},
    "model_state": {"retired": {"retired_model"}, "never_existed": {"model_id_typo"}},
    "node_help": NODE_HELP,
    "about_credential_test": {True: {"n8n_test_model_retired", "n8n_credential_test_bug"}},
    "stops_every_call": {True: {"credential_access", "encryption_key_changed", "missing_credential"}},
    "probe.proves_key_valid": {
        True: {
            "workspace_id_required", "key_lacks_permission", "organization_disabled", "ip_not_allowed",
            "credit_exhausted", "spend_limit_reached", "billing_problem", "rate_limited", "long_context_not_enabled",
        }
    },
    "probe.stops": {words: {cause for cause in STOPS if STOPS[cause] == words} for words in STOPS.values()},
    "probe.shows": {
        "credit": {"credit_exhausted", "spend_limit_reached", "billing_problem"},
        "rate_limits": {"rate_limited", "long_context_not_enabled"},
    },
    "probe.about_auth_header": {True: {"missing_key_header", "wrong_auth_header"}},
    "probe.anthropic_only": {True: {"region_blocked"}},
    "probe.portal_fixes": {True: {"missing_key_header"}},
}  # fmt: skip
"""Every such field, its values, and the exact set of causes whose cards have each."""
