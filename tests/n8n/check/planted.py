"""Faults to plant into clean workflows: each changes one node, and names the kind that must then be found there.

A fault is a function of the node and its workflow that changes them in place and returns whether it could.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import re2

from tests.n8n.check.corpus import KEY_MARK, KINDS, Sample

Node = dict[str, Any]
Plant = Callable[[Node, Node], bool]

MESSAGES: Final = "https://api.anthropic.com/v1/messages"
_HTTP: Final = ("n8n-nodes-base.httpRequest", "n8n-nodes-base.httpRequestTool")
_CHAT: Final = "@n8n/n8n-nodes-langchain.lmChatAnthropic"
_VENDOR: Final = "@n8n/n8n-nodes-langchain.anthropic"
_MODEL: Final = re2.compile(r"""((?:model|"model"): ?)(['"])claude-[a-z0-9-]+['"]""")
_MAX_TOKENS: Final = re2.compile(r'((?:max_tokens|"max_tokens"): ?)(\d+),?')
_MESSAGES_START: Final = re2.compile(r'((?:messages|"messages"): ?\[)')
_STRINGIFIED: Final = re2.compile(r'(": ?)\{\{ ?JSON\.stringify\((\$[^{}]+)\) ?\}\}')


def to_anthropic(node: Node) -> bool:
    """Whether the node is an HTTP Request of version 3 or later to the Messages API."""
    return node["type"] in _HTTP and node["parameters"].get("url") == MESSAGES and node["typeVersion"] >= 3


def is_chat_model(node: Node) -> bool:
    """Whether the node is the Anthropic chat model."""
    return str(node["type"]) == _CHAT


def is_vendor_message(node: Node) -> bool:
    """Whether the node is the vendor node that sends a message."""
    return node["type"] == _VENDOR and "resource" not in node["parameters"]


def is_code(node: Node) -> bool:
    """Whether the node is a Code node in JavaScript."""
    return node["type"] == "n8n-nodes-base.code" and "jsCode" in node["parameters"]


def is_agent(node: Node) -> bool:
    """Whether the node is an agent."""
    return str(node["type"]) == "@n8n/n8n-nodes-langchain.agent"


def is_openrouter(node: Node) -> bool:
    """Whether the node is OpenRouter's chat model."""
    return str(node["type"]) == "@n8n/n8n-nodes-langchain.lmChatOpenRouter"


@dataclass(frozen=True)
class Fault:
    """One fault: the kind to find, the nodes it can be planted in, and how."""

    name: str
    kind: str
    fits: Callable[[Node], bool]
    plant: Plant

    def explains(self, rule: str) -> bool:
        """Whether a finding of this rule is right in the node where the fault is."""
        return any(rule in KINDS[kind] for kind in (self.kind, *ALSO.get(self.name, ())))


ALSO: Final[dict[str, list[str]]] = {
    "blank_inside": ["wrong path"],
    "key_as_bearer": ["bearer header"],
    # where the old credential added the version
    "no_authentication": ["no version header"],
    "bearer_credential": ["no version header"],
    "openai_credential": ["no version header"],
    "retired_chat_model": ["max_tokens too large"],  # of the retired model, where the workflow asks for more
    "retired_default": ["old typeVersion", "max_tokens too large"],
    "retiring_chat_model": ["refused thinking"],  # where the workflow thinks adaptively
    "retired_model_in_code": ["code calls Claude"],
    "key_in_code": ["code calls Claude"],
    "credential_in_code": ["code calls Claude"],
    "retired_model_with_options": ["code calls Claude"],
    "placeholder_in_code": ["code calls Claude"],
}
"""What planting a fault makes true besides, by its name."""

FAULTS: list[Fault] = []


def _fault(kind: str, fits: Callable[[Node], bool]) -> Callable[[Plant], Plant]:
    def register(plant: Plant) -> Plant:
        FAULTS.append(Fault(plant.__name__, kind, fits, plant))
        return plant

    return register


def planted(samples: tuple[Sample, ...], most: int) -> Iterator[tuple[Fault, Sample, Node, str]]:
    """Yield each fault in up to `most` clean workflows, spread over them: fault, sample, workflow, name of the node."""
    clean = [sample for sample in samples if sample.is_clean]
    for fault in FAULTS:
        made = [one for sample in clean for one in _plant(fault, sample)]
        step = max(1, len(made) // most)
        yield from made[::step][:most]


def _plant(fault: Fault, sample: Sample) -> Iterator[tuple[Fault, Sample, Node, str]]:
    names = [node["name"] for node in sample.workflow()["nodes"] if fault.fits(node)]
    for name in names[:1]:
        workflow = sample.workflow()
        node = next(node for node in workflow["nodes"] if node["name"] == name)
        if fault.plant(node, workflow):
            yield fault, sample, workflow, name


# The request body


def _change_body(node: Node, change: Callable[[str], str]) -> bool:
    """Change the text of a body; False if there is none or it stays the same."""
    parameters = node["parameters"]
    name = next((name for name in ("jsonBody", "body") if isinstance(parameters.get(name), str)), None)
    if name is None:
        return False
    before = parameters[name]
    parameters[name] = change(before)
    return bool(parameters[name] != before)


def _other_model(node: Node, model: str) -> bool:
    return _change_body(node, lambda body: re2.sub(_MODEL, rf"\1\2{model}\2", body))


def _is_javascript(node: Node) -> bool:
    return str(node["parameters"].get("jsonBody")).startswith("={{ JSON.stringify({")


def _is_template(node: Node) -> bool:
    return str(node["parameters"].get("jsonBody")).startswith(("={\n", '={"', '={ "'))


@_fault("retired model", to_anthropic)
def retired_model_in_body(node: Node, _: Node) -> bool:
    """A retired model's id in a JSON or JavaScript body."""
    return _other_model(node, "claude-3-opus-20240229")


@_fault("retired model", to_anthropic)
def retired_model_behind_or(node: Node, _: Node) -> bool:
    """A retired model as what is taken when the data names none."""
    if not _is_javascript(node):
        return False
    return _change_body(
        node, lambda body: re2.sub(_MODEL, r"\1$json.chosen_model || 'claude-3-5-haiku-20241022'", body)
    )


@_fault("retired model", to_anthropic)
def retired_model_in_called_function(node: Node, _: Node) -> bool:
    """A body that an arrow function makes, with a retired model."""
    body = (
        "={{ (() => { const text = String($json.text); return JSON.stringify({ model: 'claude-sonnet-4-20250514', "
        "max_tokens: 500, messages: [ { role: 'user', content: text } ] }); })() }}"
    )
    return "jsonBody" in node["parameters"] and _change_body(node, lambda _: body)


@_fault("retired model", to_anthropic)
def retired_model_in_a_field(node: Node, _: Node) -> bool:
    """A body written as fields, whose model is retired."""
    parameters = node["parameters"]
    for name in ("jsonBody", "specifyBody", "body", "contentType", "rawContentType"):
        parameters.pop(name, None)
    fields = {
        "model": "claude-3-7-sonnet-20250219",
        "max_tokens": "={{ 300 }}",
        "messages": "={{ [ { role: 'user', content: $json.q } ] }}",
    }
    parameters["bodyParameters"] = {"parameters": [{"name": name, "value": value} for name, value in fields.items()]}
    return True


@_fault("body as text fields", to_anthropic)
def messages_as_text(node: Node, _: Node) -> bool:
    """A body written as fields, whose messages are a fixed text."""
    retired_model_in_a_field(node, node)
    fields = node["parameters"]["bodyParameters"]["parameters"]
    fields[0]["value"] = "claude-sonnet-5"
    fields[2]["value"] = '[{"role": "user", "content": "Hello"}]'
    return True


@_fault("body as text fields", to_anthropic)
def body_of_a_form(node: Node, _: Node) -> bool:
    """A body that is sent as a form."""
    retired_model_in_a_field(node, node)
    node["parameters"]["bodyParameters"]["parameters"][0]["value"] = "claude-sonnet-5"
    node["parameters"]["contentType"] = "form-urlencoded"
    return True


@_fault("retiring model", to_anthropic)
def retiring_model_in_body(node: Node, _: Node) -> bool:
    """A model that retires in a few days."""
    return _other_model(node, "claude-sonnet-4-5-20250929")


@_fault("unknown model", to_anthropic)
def misspelt_model(node: Node, _: Node) -> bool:
    """A model's id with a dot in its number."""
    return _other_model(node, "claude-sonnet-4.6")


@_fault("quoted template", to_anthropic)
def prompt_in_quotes(node: Node, _: Node) -> bool:
    """A template inside quotes."""
    return _is_template(node) and _change_body(node, lambda body: re2.sub(_STRINGIFIED, r'\1"{{ \2 }}"', body, count=1))


@_fault("quoted template", to_anthropic)
def words_and_template_in_quotes(node: Node, _: Node) -> bool:
    """A template with words around it inside quotes."""
    return _is_template(node) and _change_body(
        node, lambda body: re2.sub(_STRINGIFIED, r'\1"Please read this: {{ \2 }} and answer"', body, count=1)
    )


@_fault("quoted template", to_anthropic)
def stringified_template_in_quotes(node: Node, _: Node) -> bool:
    """JSON.stringify inside quotes, whose own quotes end the string."""
    return _is_template(node) and _change_body(
        node, lambda body: re2.sub(_STRINGIFIED, r'\1"Please read this: {{ JSON.stringify(\2) }}"', body, count=1)
    )


@_fault("expression not on", to_anthropic)
def template_in_a_fixed_body(node: Node, _: Node) -> bool:
    """A body with templates whose field is not an expression."""
    return _is_template(node) and _change_body(node, lambda body: body.removeprefix("="))


@_fault("body not JSON", to_anthropic)
def two_equals_signs(node: Node, _: Node) -> bool:
    """A second equals sign before an expression, so that the body begins with one."""
    return _is_javascript(node) and _change_body(node, lambda body: "=" + body)


@_fault("body not JSON", to_anthropic)
def code_without_braces(node: Node, _: Node) -> bool:
    """JSON.stringify written as text, outside the braces of an expression."""
    return _is_javascript(node) and _change_body(
        node, lambda body: "=" + body.removeprefix("={{ ").removesuffix(" }}").strip()
    )


@_fault("body not JSON", to_anthropic)
def object_without_its_braces(node: Node, _: Node) -> bool:
    """The braces of the expression taken for those of the object."""
    body = '={{ "model": "claude-sonnet-5", "max_tokens": 300, "messages": [{ "role": "user", "content": $json.q }] }}'
    return "jsonBody" in node["parameters"] and _change_body(node, lambda _: body)


@_fault("body not JSON", to_anthropic)
def trailing_comma(node: Node, _: Node) -> bool:
    """A fixed body with a comma behind its last field."""
    body = '{"model": "claude-sonnet-5", "max_tokens": 300, "messages": [{"role": "user", "content": "Hello"}],}'
    return "jsonBody" in node["parameters"] and _change_body(node, lambda _: body)


@_fault("body not JSON", to_anthropic)
def single_quotes(node: Node, _: Node) -> bool:
    """JSON in single quotes."""
    return _is_template(node) and _change_body(node, lambda body: body.replace('"model"', "'model'"))


@_fault("body not JSON", to_anthropic)
def last_brace_lost(node: Node, _: Node) -> bool:
    """A template body that is not closed."""
    return _is_template(node) and _change_body(node, lambda body: body.rstrip().removesuffix("}").rstrip())


@_fault("field missing", to_anthropic)
def no_max_tokens(node: Node, _: Node) -> bool:
    """A body without max_tokens."""
    return _change_body(node, lambda body: re2.sub(_MAX_TOKENS, "", body, count=1))


@_fault("number as text", to_anthropic)
def max_tokens_in_quotes(node: Node, _: Node) -> bool:
    """max_tokens as a text."""
    return _change_body(node, lambda body: re2.sub(_MAX_TOKENS, r'\1"\2",', body, count=1))


@_fault("max_tokens too large", to_anthropic)
def max_tokens_of_a_million(node: Node, _: Node) -> bool:
    """More tokens than any model gives."""
    if not _MODEL.search(str(node["parameters"].get("jsonBody"))):
        return False
    return _change_body(node, lambda body: re2.sub(_MAX_TOKENS, r"\g<1>1000000,", body, count=1))


@_fault("system role", to_anthropic)
def system_message(node: Node, _: Node) -> bool:
    """OpenAI's system message."""
    message = (
        '{"role": "system", "content": "Be brief"}, ' if _is_template(node) else "{ role: 'system', content: 'Be' }, "
    )
    return _change_body(node, lambda body: re2.sub(_MESSAGES_START, rf"\1{message}", body, count=1))


@_fault("refused parameter", to_anthropic)
def temperature_for_a_model_without(node: Node, _: Node) -> bool:
    """A temperature for a model that takes none."""
    return _other_parameter(node, "claude-opus-5", '"temperature": 0.5,')


@_fault("both samplings", to_anthropic)
def temperature_and_top_p(node: Node, _: Node) -> bool:
    """Two ways of sampling at once."""
    return _other_parameter(node, "claude-haiku-4-5", '"temperature": 0.5, "top_p": 0.9,')


@_fault("refused thinking", to_anthropic)
def thinking_with_a_budget(node: Node, _: Node) -> bool:
    """The old kind of thinking for a new model."""
    return _other_parameter(node, "claude-sonnet-5", '"thinking": {"type": "enabled", "budget_tokens": 2000},')


def _other_parameter(node: Node, model: str, field: str) -> bool:
    body = str(node["parameters"].get("jsonBody"))
    if "thinking" in body or "temperature" in body or not _MODEL.search(body):
        return False
    _other_model(node, model)
    return _change_body(node, lambda text: re2.sub(_MAX_TOKENS, rf"\1\2, {field}", text, count=1))


@_fault("no body", to_anthropic)
def body_switched_off(node: Node, _: Node) -> bool:
    """Send Body is off."""
    return node["parameters"].pop("sendBody", None) is not None


# Address and method


@_fault("wrong method", to_anthropic)
def get_by_default(node: Node, _: Node) -> bool:
    """No method, which is GET."""
    return node["parameters"].pop("method", None) is not None


@_fault("wrong method", to_anthropic)
def put_method(node: Node, _: Node) -> bool:
    """PUT."""
    node["parameters"]["method"] = "PUT"
    return True


def _address(kind: str, name: str, url: str) -> None:
    def plant(node: Node, _: Node) -> bool:
        node["parameters"]["url"] = url
        return True

    FAULTS.append(Fault(name, kind, to_anthropic, plant))


_address("http URL", "http_address", "http://api.anthropic.com/v1/messages")
_address("doubled path", "doubled_version", "https://api.anthropic.com/v1/v1/messages")
_address("doubled path", "doubled_messages", "https://api.anthropic.com/v1/messages/messages")
_address("wrong path", "old_path", "https://api.anthropic.com/v1/complete")
_address("wrong path", "misspelt_path", "https://api.anthropic.com/v1/chat/completion")
_address("wrong path", "no_path", "https://api.anthropic.com")
_address("broken URL", "no_scheme", "api.anthropic.com/v1/messages")
_address("broken URL", "blank_inside", "https://api.anthropic.com/v1/ messages")
_address("broken URL", "template_without_equals", "{{ $env.ANTHROPIC_URL }}")


@_fault("TLS not checked", to_anthropic)
def tls_switched_off(node: Node, _: Node) -> bool:
    """Certificates are not checked."""
    node["parameters"].setdefault("options", {})["allowUnauthorizedCerts"] = True
    return True


# Keys and headers


def _headers(node: Node) -> list[Node] | None:
    listed = node["parameters"].get("headerParameters", {}).get("parameters")
    return listed if isinstance(listed, list) else None


def _add_header(node: Node, name: str, value: str) -> bool:
    listed = _headers(node)
    if listed is None:
        return False
    listed.append({"name": name, "value": value})
    return True


def _without_credential(node: Node) -> None:
    for name in ("authentication", "genericAuthType", "nodeCredentialType"):
        node["parameters"].pop(name, None)
    node.pop("credentials", None)


def _key_header(kind: str, name: str, header: str, value: str) -> None:
    def plant(node: Node, _: Node) -> bool:
        _without_credential(node)
        return _add_header(node, header, value)

    FAULTS.append(Fault(name, kind, to_anthropic, plant))


_key_header("key in plain text", "key_in_header", "x-api-key", KEY_MARK)
_key_header("key in plain text", "key_as_bearer", "Authorization", f"Bearer {KEY_MARK}")
_key_header("placeholder key", "placeholder_of_a_template", "x-api-key", "YOUR_ANTHROPIC_API_KEY")
_key_header("placeholder key", "placeholder_in_brackets", "x-api-key", "<your-api-key>")
_key_header("credential in expression", "credential_in_header", "x-api-key", "={{ $credentials.anthropicApi.apiKey }}")
_key_header("environment read", "key_from_environment", "x-api-key", "={{ $env.ANTHROPIC_API_KEY }}")
_key_header("wrong key header", "api_key_header", "api-key", "={{ $json.key }}")
_key_header("wrong key header", "header_with_colon", "x-api-key:", "={{ $json.key }}")
_key_header("bearer header", "bearer_of_openai", "Authorization", "=Bearer {{ $json.key }}")


@_fault("no key", to_anthropic)
def no_authentication(node: Node, _: Node) -> bool:
    """Neither a credential nor a header with a key."""
    _without_credential(node)
    return True


@_fault("key sent twice", to_anthropic)
def header_beside_credential(node: Node, _: Node) -> bool:
    """A header with a key beside the credential."""
    return "authentication" in node["parameters"] and _add_header(node, "X-API-Key", "={{ $json.key }}")


@_fault("wrong credential type", to_anthropic)
def bearer_credential(node: Node, _: Node) -> bool:
    """A credential that sends Authorization."""
    node["parameters"] |= {"authentication": "genericCredentialType", "genericAuthType": "httpBearerAuth"}
    return True


@_fault("wrong credential type", to_anthropic)
def openai_credential(node: Node, _: Node) -> bool:
    """OpenAI's credential."""
    node["parameters"] |= {"authentication": "predefinedCredentialType", "nodeCredentialType": "openAiApi"}
    return True


@_fault("no version header", to_anthropic)
def no_version(node: Node, _: Node) -> bool:
    """No header anthropic-version, and a credential that adds none."""
    listed = _headers(node)
    if listed is None or node["parameters"].get("genericAuthType") == "httpCustomAuth":
        return False
    listed[:] = [header for header in listed if header["name"] != "anthropic-version"]
    return True


@_fault("wrong version header", to_anthropic)
def version_of_today(node: Node, _: Node) -> bool:
    """A version that was never published."""
    for header in _headers(node) or []:
        if header["name"] == "anthropic-version":
            header["value"] = "2024-10-22"
            return True
    return False


@_fault("wrong content type", to_anthropic)
def content_type_of_a_form(node: Node, _: Node) -> bool:
    """A content type that is not JSON."""
    listed = _headers(node)
    if listed is None:
        return False
    listed[:] = [header for header in listed if header["name"].lower() != "content-type"]
    return _add_header(node, "Content-Type", "application/x-www-form-urlencoded")


# How the node runs


@_fault("old typeVersion", to_anthropic)
def version_two(node: Node, _: Node) -> bool:
    """The HTTP Request node of before 2022, whose parameters have other names."""
    old = node["parameters"]
    if not isinstance(old.get("jsonBody"), str) or "headerParameters" not in old:
        return False
    headers = {header["name"]: header["value"] for header in old["headerParameters"]["parameters"]}
    kept = {name: old[name] for name in ("authentication", "genericAuthType", "nodeCredentialType") if name in old}
    node["typeVersion"] = 2
    node["parameters"] = kept | {
        "requestMethod": "POST",
        "url": old["url"],
        "jsonParameters": True,
        "options": {},
        "headerParametersJson": json.dumps(headers),
        "bodyParametersJson": old["jsonBody"],
    }
    return True


@_fault("errors hidden", to_anthropic)
def error_output_to_nowhere(node: Node, workflow: Node) -> bool:
    """An error output to which nothing is connected."""
    if "onError" in node or node["name"] not in workflow["connections"]:
        return False
    node["onError"] = "continueErrorOutput"
    return True


@_fault("status lost", to_anthropic)
def never_error_alone(node: Node, _: Node) -> bool:
    """Never Error without the status."""
    node["parameters"].setdefault("options", {})["response"] = {"response": {"neverError": True}}
    return True


@_fault("fan-out without batching", to_anthropic)
def list_split_before(node: Node, workflow: Node) -> bool:
    """One call for each of many items, all at once."""
    if node["type"] != _HTTP[0] or "batching" in node["parameters"].get("options", {}):
        return False
    split = {
        "name": "Split the list",
        "type": "n8n-nodes-base.splitOut",
        "typeVersion": 1,
        "parameters": {"fieldToSplitOut": "rows", "options": {}},
        "position": [0, 0],
    }
    for outputs in workflow["connections"].values():
        for link in (link for output in outputs.get("main", []) for link in output if link["node"] == node["name"]):
            link["node"] = split["name"]
    workflow["nodes"].append(split)
    workflow["connections"][split["name"]] = {"main": [[{"node": node["name"], "type": "main", "index": 0}]]}
    return True


# Chat model, vendor node, agent, Code node


@_fault("retired model", is_chat_model)
def retired_chat_model(node: Node, _: Node) -> bool:
    """A retired model picked from the list."""
    node["parameters"]["model"] = {"__rl": True, "mode": "list", "value": "claude-3-5-sonnet-20241022"}
    return True


@_fault("retired model", is_chat_model)
def retired_chat_model_as_expression(node: Node, _: Node) -> bool:
    """A retired model written as an expression that is a plain text."""
    node["parameters"]["model"] = {"__rl": True, "mode": "id", "value": "=claude-3-7-sonnet-20250219"}
    return True


@_fault("retired model", is_chat_model)
def retired_default(node: Node, _: Node) -> bool:
    """No model in a node so old that its default is retired."""
    node["parameters"].pop("model", None)
    node["typeVersion"] = 1.2
    return True


@_fault("retiring model", is_chat_model)
def retiring_chat_model(node: Node, _: Node) -> bool:
    """A model that retires in a few days."""
    node["parameters"]["model"] = {"__rl": True, "mode": "list", "value": "claude-sonnet-4-5-20250929"}
    return True


@_fault("refused parameter", is_chat_model)
def chat_temperature(node: Node, _: Node) -> bool:
    """A temperature for a model that takes none."""
    node["parameters"] |= {
        "model": {"__rl": True, "mode": "list", "value": "claude-sonnet-5"},
        "options": {"temperature": 0.3},
    }
    return True


@_fault("refused thinking", is_chat_model)
def chat_thinking_budget(node: Node, _: Node) -> bool:
    """The old kind of thinking for a new model, in a node version that offers it."""
    node["typeVersion"] = 1.3
    node["parameters"] |= {
        "model": {"__rl": True, "mode": "list", "value": "claude-opus-5"},
        "options": {"thinking": True, "thinkingBudget": 1024},
    }
    return True


@_fault("chat model in main", is_chat_model)
def chat_model_in_main_flow(node: Node, workflow: Node) -> bool:
    """A chat model connected like an ordinary node."""
    workflow["connections"].pop(node["name"], None)
    first = workflow["nodes"][0]["name"]
    workflow["connections"][first] = {"main": [[{"node": node["name"], "type": "main", "index": 0}]]}
    return bool(first != node["name"])


@_fault("retired model", is_vendor_message)
def retired_vendor_model(node: Node, _: Node) -> bool:
    """A retired model in the vendor node."""
    node["parameters"]["modelId"] = {"__rl": True, "mode": "list", "value": "claude-opus-4-20250514"}
    return True


@_fault("no model chosen", is_vendor_message)
def empty_vendor_node(node: Node, _: Node) -> bool:
    """A vendor node as it comes from the panel."""
    node["parameters"] = {}
    return True


@_fault("no model chosen", is_vendor_message)
def empty_model_list(node: Node, _: Node) -> bool:
    """A vendor node whose model list was not used."""
    node["parameters"]["modelId"] = {"__rl": True, "mode": "list", "value": ""}
    return True


@_fault("refused parameter", is_vendor_message)
def vendor_temperature(node: Node, _: Node) -> bool:
    """A temperature for a model that takes none."""
    node["parameters"]["modelId"] = {"__rl": True, "mode": "id", "value": "claude-opus-4-8"}
    node["parameters"].setdefault("options", {})["temperature"] = 1
    return True


@_fault("no such node type", is_vendor_message)
def invented_node(node: Node, _: Node) -> bool:
    """A node type that n8n never had."""
    node["type"] = "n8n-nodes-base.anthropic"
    return True


@_fault("old model elsewhere", is_openrouter)
def old_name_at_openrouter(node: Node, _: Node) -> bool:
    """A model that OpenRouter's provider has retired."""
    node["parameters"]["model"] = "anthropic/claude-3.5-sonnet"
    return True


@_fault("removed in n8n 3", is_agent)
def agent_of_version_one(node: Node, _: Node) -> bool:
    """A conversational agent of version 1."""
    node["typeVersion"] = 1.6
    node["parameters"] = {"agent": "conversationalAgent", "options": {}}
    return True


def _code(kind: str, name: str, text: str) -> None:
    def plant(node: Node, _: Node) -> bool:
        node["parameters"]["jsCode"] = f"{text}\n{node['parameters']['jsCode']}"
        return True

    FAULTS.append(Fault(name, kind, is_code, plant))


_CALL: Final = (
    "const answer = await this.helpers.httpRequest({ method: 'POST', url: 'https://api.anthropic.com/v1/messages', "
    "headers: { 'x-api-key': %s, 'anthropic-version': '2023-06-01' }, "
    "body: { model: '%s', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] }, json: true });"
)
_code("code calls Claude", "call_in_code", _CALL % ("$json.key", "claude-sonnet-5"))
_code("retired model", "retired_model_in_code", _CALL % ("$json.key", "claude-3-haiku-20240307"))
_code("key in plain text", "key_in_code", _CALL % (json.dumps(KEY_MARK), "claude-sonnet-5"))
_code("credential in code", "credential_in_code", _CALL % ("$credentials.anthropicApi.apiKey", "claude-sonnet-5"))

_OPTIONS: Final = (
    "const payload = { model: '%s', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };\n"
    "const options = { method: 'POST', url: 'https://api.anthropic.com/v1/messages', "
    "headers: { 'x-api-key': %s, 'anthropic-version': '2023-06-01' }, body: payload, json: true };\n"
    "const answer = await this.helpers.request(options);"
)
_code("code calls Claude", "call_with_options", _OPTIONS % ("claude-sonnet-5", "$json.key"))
_code("retired model", "retired_model_with_options", _OPTIONS % ("claude-3-5-haiku-20241022", "$json.key"))
_code("placeholder key", "placeholder_in_code", _OPTIONS % ("claude-sonnet-5", "'YOUR-API-KEY'"))


@_fault("retired model", is_code)
def retired_model_in_a_body_for_the_next_node(node: Node, workflow: Node) -> bool:
    """A Code node that makes the body which an HTTP Request behind it sends."""
    if not any(to_anthropic(other) for other in workflow["nodes"]):
        return False
    made = (
        "const claudeBody = { model: 'claude-sonnet-4-20250514', max_tokens: 50, "
        "messages: [{ role: 'user', content: 'Hi' }] };"
    )
    node["parameters"]["jsCode"] = f"{made}\n{node['parameters']['jsCode']}"
    return True
