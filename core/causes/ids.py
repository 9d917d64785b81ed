"""The causes that code names by itself; every other fact about a cause is on its card.

Each member is a finding that code reaches without a card's [[match]]: what a live test concludes from who answered, and
where a rule of "Check my node" leads. The rules are not named on the cards because checking a node reads no card, which
would take longer than the check. The catalogue does not load while one of these ids has no card.
"""

from enum import StrEnum


class CauseId(StrEnum):
    """A cause that code names."""

    BASE_URL_WRONG = "base_url_wrong"
    BODY_NOT_JSON = "body_not_json"
    CODE_NODE_CREDENTIALS = "code_node_credentials"
    DETAIL_LOST = "detail_lost"
    DOUBLED_PATH = "doubled_path"
    ENV_ACCESS_BLOCKED = "env_access_blocked"
    EXPRESSION_ERROR = "expression_error"
    GATEWAY_KEY_REJECTED = "gateway_key_rejected"
    KEY_PASTED_WRONG = "key_pasted_wrong"
    MAX_TOKENS_TOO_LARGE = "max_tokens_too_large"
    MISSING_KEY = "missing_key"
    MISSING_KEY_HEADER = "missing_key_header"
    MISSING_VERSION_HEADER = "missing_version_header"
    MODEL_ID_TYPO = "model_id_typo"
    MODEL_NOT_AVAILABLE = "model_not_available"
    NODE_NOT_CONFIGURED = "node_not_configured"
    PARAM_DEPRECATED_FOR_MODEL = "param_deprecated_for_model"
    RATE_LIMITED = "rate_limited"
    REQUEST_FIELD_MISSING = "request_field_missing"
    RETIRED_MODEL = "retired_model"
    SAMPLING_PARAMS_CONFLICT = "sampling_params_conflict"
    THINKING_CONFIG = "thinking_config"
    UNEXPECTED_RESPONSE = "unexpected_response"
    WRONG_AUTH_HEADER = "wrong_auth_header"
    WRONG_PATH = "wrong_path"
