"""The options of the page that makes a node, by their words, and the names of its fields."""

from typing import Final

from core.models.catalogue import ThinkingMode
from core.n8n.generate import OutputKind
from core.text.vocabulary.node import AUTH, FORM, KIND, ON_ERROR, REPORT_TO, THINKING

_OFFERED: Final = (
    OutputKind.CLIPBOARD,
    OutputKind.WORKFLOW,
    OutputKind.SELF_TEST,
    OutputKind.FALLBACK,
    OutputKind.ERROR_WORKFLOW,
    OutputKind.CURL,
)  # the third form of a workflow is chosen as its form
KINDS: Final = {KIND[kind]: kind for kind in _OFFERED}
FORMS: Final = {words: form for form, words in FORM.items()}
AUTHS: Final = {words: auth for auth, words in AUTH.items()}
TARGETS: Final = {words: target for target, words in REPORT_TO.items()}
ON_ERRORS: Final = {words: way for way, words in ON_ERROR.items()}
BY_ITSELF: Final = "As the model does by itself"
THINKING_MODES: Final[dict[str, ThinkingMode | None]] = {
    BY_ITSELF: None,
    **{words: mode for mode, words in THINKING.items()},
}
ABOUT_AUTHS: Final = (
    "Header Auth works in every n8n. Anthropic is the one of the built-in Claude nodes. You may have it already."
)
ENDS_SOON: Final = " (ends soon)"
SAME_MODEL: Final = "The same model, with a backup key"

LABELS: Final = {
    "model": "Model",
    "second_model": "Second model",
    "auth": "Credential",
    "n8n_version": "Your n8n version",
    "prompt": "What to ask, or where it stands in your data",
    "system": "System prompt (how Claude should behave)",
    "sample_prompt": "Prompt for the first try",
    "max_tokens": "Longest answer, in tokens",
    "base_url": "Base URL",
    "anthropic_version": "API version",
    "timeout_s": "Wait for an answer, in seconds",
    "tries": "Tries in all",
    "wait_between_tries_ms": "Wait between tries, in milliseconds",
    "on_error": "If the call fails",
    "temperature": "Temperature",
    "top_p": "Top P",
    "top_k": "Top K",
    "thinking": "Thinking",
    "thinking_budget": "Thinking budget, in tokens",
    "effort": "Effort",
    "workspace_id": "Workspace id (only if Anthropic asks for one)",
    "node_name": "Name of the node",
    "credential_name": "Name of your credential in n8n (if you have one)",
    "rounds": "How often to ask before the second way",
    "longest_wait_s": "Longest wait, in seconds",
    "report_to": "Send the report to",
    "report_url": "Its address",
}
