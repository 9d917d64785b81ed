"""Reading executions in every form n8n gives them out: public API, internal REST, database row, flatted, CLI.

Each form becomes an `ExecutionView`; `core.paste.shapes.runs` finds the failures in it.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import msgspec

from core.paste.draft import DraftReading
from core.paste.failure import Shape
from core.paste.formats.flatted import Flatted
from core.paste.formats.json_values import as_dict, as_int, as_label, as_list, as_text
from core.paste.formats.repair import completions
from core.paste.formats.structs import (
    NOTHING,
    Execution,
    ExecutionPage,
    PackedExecution,
    ResultData,
    Run,
    RunData,
    WorkflowDefinition,
)
from core.paste.shapes import items
from core.paste.shapes.runs import ExecutionView, NodeInfo, NodeRun, read_runs, sub_nodes_of

NEEDS_DATA: Final = (
    "This list holds no run data. Ask the n8n API for it again with ?includeData=true, or open the failed execution"
    " and copy its error details."
)
_ERROR_LIMIT: Final = 2_000_000
_ITEM_LIMIT: Final = 1_000
"""Items of a run that are all revived; of more, only those that show a sign of failing."""


def without_data() -> DraftReading:
    """Return the reading of executions that came without their run data."""
    return DraftReading(Shape.EXECUTION_WITHOUT_DATA, needs=NEEDS_DATA)


def read_page(page: ExecutionPage) -> DraftReading:
    """Return what a page of executions holds."""
    if all(execution.data is None for execution in page.data):
        return without_data()
    reading = DraftReading(Shape.EXECUTION_LIST)
    for execution in page.data:
        reading.add(read_execution(execution, Shape.EXECUTION))
    return reading


def read_result(result: ResultData) -> DraftReading:
    """Return what a run left behind, without the execution around it."""
    return read_execution(Execution(data=RunData(resultData=result)), Shape.EXECUTION)


def read_execution(execution: Execution, shape: Shape) -> DraftReading:
    """Return what an execution in public API or CLI form holds."""
    view = view_of(execution)
    return without_data() if view is None else read_view(view, shape)


def read_view(view: ExecutionView, shape: Shape) -> DraftReading:
    """Return the calls of an execution, whatever form it came in."""
    drafts, successes = read_runs(view)
    if shape is Shape.EXECUTION and _is_redacted(view):
        shape = Shape.EXECUTION_REDACTED
    return DraftReading(shape, drafts, successes, nodes=len(view.nodes) or len({run.node for run in view.runs}))


def _is_redacted(view: ExecutionView) -> bool:
    return bool(view.error) and "message" not in view.error and "httpCode" in view.error


def view_of(execution: Execution) -> ExecutionView | None:
    """Return the view of an execution in public API or CLI form; None if it came without data."""
    result = execution.data.resultData if execution.data else None
    if result is None:
        return None
    nodes, sub_nodes = workflow_nodes(execution.workflowData)
    error = _load(result.error) or _redacted(_load(result.redactedError))
    runs = tuple(_typed_run(name, run) for name, all_runs in result.runData.items() for run in all_runs if _tells(run))
    return ExecutionView(
        status=execution.status,
        error=error,
        runs=runs,
        last_node=result.lastNodeExecuted,
        nodes=nodes,
        sub_nodes=sub_nodes or _sub_nodes_from_runs(result.runData),
        started_at=execution.startedAt,
    )


def view_of_packed(packed: PackedExecution) -> ExecutionView:
    """Return the view of a database row or of n8n's internal REST answer."""
    view = view_of_flatted(_flatted(packed.data))
    nodes, sub_nodes = workflow_nodes(_workflow(_load(packed.workflowData)))
    return replace(
        view,
        status=packed.status,
        nodes=nodes,
        sub_nodes=sub_nodes or view.sub_nodes,
        started_at=packed.startedAt,
    )


def _flatted(packed: msgspec.Raw) -> Flatted:
    """Read the flatted text in a JSON string; a copy that was cut off is closed first. Raises `msgspec.DecodeError`."""
    inside = memoryview(packed)[1:-1]
    try:
        return Flatted(inside, quoted=True)
    except msgspec.DecodeError:
        closed = completions(msgspec.json.decode(packed)) if len(inside) < _ERROR_LIMIT else []
        for candidate in closed:
            with contextlib.suppress(msgspec.DecodeError):
                return Flatted(bytes(msgspec.json.decode(candidate.encode("utf-8", "replace"), type=msgspec.Raw)))
        raise


def view_of_flatted(flatted: Flatted) -> ExecutionView:
    """Return the view of flatted run data; only errors and small outputs are revived."""
    result = flatted.fields(flatted.root().get("resultData"))
    error = as_dict(flatted.revive(result["error"])) if isinstance(result.get("error"), str) else {}
    if not error and isinstance(result.get("redactedError"), str):
        error = _redacted(flatted.revive(result["redactedError"]))
    runs = tuple(_flatted_runs(flatted, flatted.fields(result.get("runData"))))
    return ExecutionView(
        status=None,
        error=error,
        runs=runs,
        last_node=as_text(flatted.slot(result.get("lastNodeExecuted"))),
        sub_nodes=_flatted_sub_nodes(flatted, flatted.fields(result.get("runData"))),
    )


def workflow_nodes(workflow: WorkflowDefinition | None) -> tuple[dict[str, NodeInfo], dict[str, str]]:
    """Return a workflow's nodes by name, and which root node each sub-node is joined to."""
    if workflow is None:
        return {}, {}
    pinned = _load(workflow.pinData)
    nodes = {
        node.name: NodeInfo(
            node.name,
            node.type or "",
            as_label(node.typeVersion),
            _lazy(node.parameters),
            _lazy(node.credentials),
            is_pinned=node.name in pinned,
        )
        for node in workflow.nodes
        if node.name
    }
    return nodes, sub_nodes_of(_load(workflow.connections))


def _lazy(raw: msgspec.Raw) -> Callable[[], dict[str, Any]]:
    return lambda: _load(raw)


def _load(raw: msgspec.Raw) -> dict[str, Any]:
    """Parse a raw field; a JSON text inside it (as database rows hold workflows) is parsed too."""
    if not 0 < memoryview(raw).nbytes <= _ERROR_LIMIT:
        return {}
    try:
        value = msgspec.json.decode(raw)
        return as_dict(msgspec.json.decode(value) if isinstance(value, str) else value)
    except (msgspec.DecodeError, RecursionError):
        return {}


def _redacted(error: object) -> dict[str, Any]:
    """Turn a redacted export's ``{type, httpCode}`` into the form of an error; nothing else survived."""
    fields = as_dict(error)
    return {"name": fields.get("type"), "httpCode": fields.get("httpCode")} if fields else {}


def _workflow(definition: dict[str, Any]) -> WorkflowDefinition | None:
    try:
        return msgspec.json.decode(msgspec.json.encode(definition), type=WorkflowDefinition) if definition else None
    except (msgspec.DecodeError, msgspec.EncodeError, RecursionError):
        return None


def _tells(run: Run) -> bool:
    return run.executionStatus == "error" or run.error is not NOTHING or run.data is not NOTHING


def _typed_run(name: str, run: Run) -> NodeRun:
    failed = run.executionStatus == "error" or memoryview(run.error).nbytes > 0
    return NodeRun(
        node=name,
        failed=failed,
        order=run.executionIndex or 0,
        error=lambda: _load(run.error) or _redacted(_load(run.redactedError)),
        outputs=lambda: items.outputs_of(run.data),
        inputs=lambda: items.inputs_of(run.inputOverride),
        failed_inputs=lambda: items.inputs_of(run.data),
    )


def _sub_nodes_from_runs(run_data: dict[str, list[Run]]) -> dict[str, str]:
    """Tell sub-nodes without a workflow: their runs name the root in `source` and put out on no main connection."""
    joined = {}
    for name, runs in run_data.items():
        for run in runs:
            if run.data is not NOTHING and bytes(memoryview(run.data)[:8]).startswith(b'{"ai_'):
                root = _source_node(run.source)
                if root:
                    joined[name] = root
    return joined


def _source_node(raw: msgspec.Raw) -> str | None:
    if not 0 < memoryview(raw).nbytes < 10_000:
        return None
    try:
        sources = as_list(msgspec.json.decode(raw))
    except msgspec.DecodeError:
        return None
    return as_text(as_dict(sources[0]).get("previousNode")) if sources else None


def _flatted_runs(flatted: Flatted, run_data: dict[str, Any]) -> Iterator[NodeRun]:
    for name, index in run_data.items():
        for run_index in as_list(flatted.slot(index)):
            run = flatted.fields(run_index)
            status = flatted.slot(run.get("executionStatus"))
            failed = status == "error" or "error" in run
            yield NodeRun(
                node=name,
                failed=failed,
                order=as_int(run.get("executionIndex")) or 0,
                error=_flatted_error(flatted, run),
                outputs=_flatted_outputs(flatted, run, "data"),
                inputs=_flatted_outputs(flatted, run, "inputOverride"),
                failed_inputs=_flatted_outputs(flatted, run, "data"),
            )


def _flatted_sub_nodes(flatted: Flatted, run_data: dict[str, Any]) -> dict[str, str]:
    joined = {}
    for name, index in run_data.items():
        for run_index in as_list(flatted.slot(index)):
            run = flatted.fields(run_index)
            outputs = flatted.fields(run.get("data")) or flatted.fields(run.get("inputOverride"))
            sources = as_list(flatted.slot(run.get("source")))
            if sources and any(kind.startswith("ai_") for kind in outputs):
                root = flatted.fields(sources[0]).get("previousNode")
                root_name = as_text(flatted.slot(root))
                if root_name:
                    joined[name] = root_name
    return joined


def _flatted_error(flatted: Flatted, run: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: as_dict(flatted.revive(run.get("error"))) or _redacted(flatted.revive(run.get("redactedError")))


def _flatted_outputs(flatted: Flatted, run: dict[str, Any], field: str) -> Callable[[], items.Outputs]:
    def outputs() -> items.Outputs:
        indexes = {
            kind: [as_list(flatted.slot(output)) for output in as_list(flatted.slot(outputs))]
            for kind, outputs in flatted.fields(run.get(field)).items()
        }
        if sum(len(output) for outputs in indexes.values() for output in outputs) > _ITEM_LIMIT:
            return {kind: [_telling(flatted, output) for output in outputs] for kind, outputs in indexes.items()}
        return {
            kind: [[flatted.revive(item) for item in output] for output in outputs] for kind, outputs in indexes.items()
        }

    return outputs


def _telling(flatted: Flatted, output: list[Any]) -> list[Any]:
    """Revive only the items that show a failing call; all of a big output would be gigabytes."""
    return [{"pairedItem": {"item": index}, **as_dict(item)} for index, item in flatted.telling_items(output)]
