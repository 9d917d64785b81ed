"""Reading what an Error Trigger node received: ``{execution: {id, url, error, lastNodeExecuted, mode}, workflow}``.

If the trigger itself failed, n8n sends ``{trigger: {error, mode}, workflow}``. The error is the full object, but there
are no runs: a sub-node's own error and other items are missing (n8n 2.41.1).
"""

from typing import Any

from core.paste.draft import Draft, DraftReading
from core.paste.failure import Shape
from core.paste.formats.json_values import as_dict, as_text
from core.paste.shapes.n8n_error import learn_error
from core.paste.shapes.workflow import is_node


def read_error_trigger(value: object) -> DraftReading | None:
    """Return the failure that an Error Trigger reports, bare or as its one item; None for anything else."""
    if isinstance(value, list) and len(value) == 1 and not is_node(value[0]):
        item = as_dict(value[0])
        value = as_dict(item.get("json")) or item
    report = as_dict(value)
    if not _is_error_trigger(report):
        return None
    run = as_dict(report.get("execution")) or as_dict(report.get("trigger"))
    draft = Draft()
    learn_error(draft, as_dict(run.get("error")))
    draft.learn(node=as_text(run.get("lastNodeExecuted")))
    return DraftReading(Shape.ERROR_TRIGGER, [draft])


def _is_error_trigger(report: dict[str, Any]) -> bool:
    run = as_dict(report.get("execution") or report.get("trigger"))
    return "workflow" in report and isinstance(run.get("error"), dict)
