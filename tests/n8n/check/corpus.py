"""The workflows of `tests/data/workflows`, and which findings are right in them.

`labels.jsonl` names, for each node with a fault, the kinds that must be found and those that are right but not
demanded. A workflow without a line there is clean. Kinds are not rule names, so that a rule may be split or renamed.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tests.paths import DATA

FOLDER: Final = DATA / "workflows"
KEY_MARK: Final = "@@KEY@@"
"""The stand-in for a key in the files; `with_key` replaces it by one that is made at run time."""

KINDS: Final = {
    "key in plain text": {"key_in_plain_text"},
    "secret elsewhere": {"secret_elsewhere", "key_in_plain_text"},
    "placeholder key": {"key_placeholder"},
    "credential in expression": {"credential_expression"},
    "credential in code": {"credential_in_code"},
    "code calls Claude": {"code_calls_api"},
    "environment read": {"environment_read"},
    "no key": {"authentication_missing"},
    "key sent twice": {"authentication_twice"},
    "wrong credential type": {"credential_type_wrong"},
    "wrong key header": {"header_name_wrong"},
    "bearer header": {"bearer_header"},
    "no version header": {"version_missing"},
    "wrong version header": {"version_unknown"},
    "wrong content type": {"content_type_wrong"},
    "http URL": {"url_http"},
    "broken URL": {"url_invalid"},
    "doubled path": {"path_doubled"},
    "wrong path": {"path_wrong"},
    "wrong method": {"method_wrong"},
    "no body": {"body_missing"},
    "body as text fields": {"body_as_fields"},
    "quoted template": {"body_quoted_template"},
    "body not JSON": {"body_not_json", "body_expression_broken"},
    "expression not on": {"body_not_expression", "body_not_json", "body_expression_broken", "body_quoted_template"},
    "field missing": {"body_field_missing"},
    "number as text": {"max_tokens_text", "body_as_fields"},
    "max_tokens too large": {"max_tokens_too_large"},
    "retired model": {"model_retired"},
    "retiring model": {"model_retiring"},
    "unknown model": {"model_unknown"},
    "old model elsewhere": {"model_gone_at_gateway"},
    "no model chosen": {"model_missing"},
    "refused parameter": {"parameter_refused"},
    "both samplings": {"sampling_twice"},
    "refused thinking": {"thinking_refused"},
    "system role": {"system_role"},
    "old typeVersion": {"type_version_old"},
    "no such node type": {"node_type_unknown"},
    "removed in n8n 3": {"removed_in_n8n_3"},
    "chat model in main": {"model_in_main_flow"},
    "fan-out without batching": {"many_at_once"},
    "errors hidden": {"errors_hidden"},
    "status lost": {"status_lost"},
    "TLS not checked": {"tls_unchecked"},
}
"""Each kind of fault with the rules that may say so: the one place that knows rule names."""


@dataclass(frozen=True)
class Labels:
    """What is wrong with one node: kinds that must be found, and kinds that may be."""

    must: frozenset[str]
    may: frozenset[str]

    def allows(self, rule: str) -> bool:
        """Whether a finding of this rule is right."""
        return any(rule in KINDS[kind] for kind in self.must | self.may)


NO_FAULT: Final = Labels(frozenset(), frozenset())


@dataclass(frozen=True)
class Sample:
    """One workflow file: its name without the ending, n8n's JSON, and the labels by node name."""

    name: str
    content: Any
    labels: dict[str, Labels]

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all may be found."""
        return not self.labels

    def workflow(self) -> dict[str, Any]:
        """Return a copy of the workflow itself, which may be in a list of one."""
        inner = self.content[0] if isinstance(self.content, list) else self.content
        workflow: dict[str, Any] = deepcopy(inner)
        return workflow


@cache
def samples() -> tuple[Sample, ...]:
    """Return every workflow of the folder, by name."""
    labels: dict[str, dict[str, Labels]] = {}
    for line in (FOLDER / "labels.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        labelled = Labels(frozenset(row["kinds"]), frozenset(row.get("also", ())))
        labels.setdefault(row["file"], {})[row["node"]] = labelled
    return tuple(
        Sample(path.stem, json.loads(path.read_text("utf-8")), labels.get(path.name, {}))
        for path in sorted(FOLDER.glob("*.json"))
    )


def with_key(workflow: Any, fake_key: Callable[..., str]) -> str:
    """Return a workflow as the text that a person pastes, with a made-up key instead of the mark."""
    return json.dumps(workflow, ensure_ascii=False).replace(KEY_MARK, fake_key())
