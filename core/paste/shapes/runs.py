"""One execution as the readers see it, whatever form it came in, and the failures in it.

A call that fails leaves up to three traces: the root node's error, the same error on the root node's run, and the
error of the sub-node that made the call. They are one failure; the sub-node's trace is often the only one that says
why (chains hide it behind "Error in sub-node", continue modes behind one sentence).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from core.paste.draft import Draft
from core.paste.facts.node_types import kind_of, provider_in, split_url
from core.paste.failure import FAILURES, Headline, Provider, Success, Surface
from core.paste.formats.json_values import as_dict, as_list, as_text
from core.paste.shapes import items
from core.paste.shapes.n8n_error import learn_error, learn_kind, learn_parameters

_TRACES: Final = 2_000
"""Traces of one run that are looked at; ten of each failure that is kept."""
_TO_MODEL: Final = "ai_languageModel"
"""The type of the connection between a root node and its chat model."""
_CALLING: Final = frozenset((Surface.HTTP_REQUEST, Surface.VENDOR_NODE, Surface.CHAT_MODEL, Surface.CODE_NODE))


@dataclass(frozen=True)
class NodeInfo:
    """A node of the workflow."""

    name: str
    type: str = ""
    version: str | None = None
    parameters: Callable[[], dict[str, Any]] = dict
    credentials: Callable[[], dict[str, Any]] = dict
    is_pinned: bool = False  # its output is a copy that somebody kept; the run called nobody


@dataclass(frozen=True)
class NodeRun:
    """One run of a node; `error`, `outputs`, `inputs` and `failed_inputs` are parsed when called.

    `inputs` is what a sub-node got (n8n's `inputOverride`). One that failed has it as its output: `failed_inputs` is
    that output, whatever its items hold.
    """

    node: str
    failed: bool
    order: int
    error: Callable[[], dict[str, Any]]
    outputs: Callable[[], items.Outputs]
    inputs: Callable[[], items.Outputs] = dict
    failed_inputs: Callable[[], items.Outputs] = dict


@dataclass(frozen=True)
class ExecutionView:
    """What the readers need of one execution."""

    status: str | None
    error: dict[str, Any]
    runs: tuple[NodeRun, ...]
    last_node: str | None
    nodes: dict[str, NodeInfo] = field(default_factory=dict)
    sub_nodes: dict[str, str] = field(default_factory=dict)  # sub-node name -> root node name
    started_at: str | None = None


def read_runs(view: ExecutionView) -> tuple[list[Draft], list[Success]]:
    """Return the failing calls of one execution, the one that stopped it first, and the answered calls."""
    stopped = _stopping_failure(view)
    failed = [_run_failure(view, run) for run in view.runs if run.failed]
    swallowed: list[Draft] = []
    successes: list[Success] = []
    for run in sorted((run for run in view.runs if not run.failed), key=lambda run: run.order):
        _read_outputs(view, run, swallowed, successes)
    merged = merge([*stopped, *failed, *swallowed], view.sub_nodes)
    answering = _answering_nodes(view, successes)
    for draft in merged if not view.error else ():
        is_model = draft.surface is Surface.CHAT_MODEL
        draft.learn(answered_too=draft.node in answering or (is_model and draft.root_node in answering))
    return [draft for draft in merged if draft.says_something] or merged, successes


def _answering_nodes(view: ExecutionView, successes: list[Success]) -> set[str]:
    """Return the nodes that got an answer of Claude's in this run, and the nodes that they are joined to."""
    nodes = {success.node for success in successes if success.node and success.claudes}
    return nodes | {view.sub_nodes[node] for node in nodes if node in view.sub_nodes}


def merge(drafts: list[Draft], sub_nodes: dict[str, str]) -> list[Draft]:
    """Make one failure of the traces that one call left; the order is kept, repeats are counted.

    Each trace is compared with every failure kept so far, so both have a limit.
    """
    kept: list[Draft] = []
    for draft in drafts[:_TRACES]:
        twin = next((other for other in kept if _same_call(other, draft, sub_nodes)), None)
        if twin is not None:
            _absorb(twin, draft, sub_nodes)
        elif len(kept) < FAILURES:
            kept.append(draft)
    return kept


def _same_call(one: Draft, two: Draft, sub_nodes: dict[str, str]) -> bool:
    first, second = one.node, two.node
    related = first == second or sub_nodes.get(second or "") == first or sub_nodes.get(first or "") == second
    if one.request_id and two.request_id:
        return one.request_id == two.request_id
    if not related:
        return bool(two.passed_on) and (_identity(one) == _identity(two) or _repeats(one, two))
    if one.item_index != two.item_index and None not in (one.item_index, two.item_index):
        return False
    if _is_bare(one) or _is_bare(two):
        return one.status == two.status or Headline.SUB_NODE in (one.headline, two.headline)
    return _identity(one) == _identity(two)


def _repeats(one: Draft, two: Draft) -> bool:
    """Whether the second trace is only n8n's sentence about the first."""
    same_sentence = (one.status, one.headline) == (two.status, two.headline)
    return _is_bare(two) and two.headline is not None and same_sentence


def _identity(draft: Draft) -> tuple[Any, ...]:
    return (draft.status, draft.code, draft.message, draft.stop_reason)


def _is_bare(draft: Draft) -> bool:
    """Whether a trace carries only n8n's own sentence."""
    return draft.message is None and draft.code is None


def _absorb(kept: Draft, other: Draft, sub_nodes: dict[str, str]) -> None:
    if (
        kept.node == other.node
        and _identity(kept) == _identity(other)
        and kept.surface is Surface.CHAT_MODEL
        and other.is_run
        and kept.is_run
    ):
        kept.correct(attempts=(kept.attempts or 1) + 1)
    root, sub = kept.node, other.node
    if sub_nodes.get(sub or "") == root and root is not None:
        kept.correct(
            root_node=root,
            node=sub,
            node_type=other.node_type,
            node_version=other.node_version,
            surface=other.surface,
        )
        if _is_bare(kept):
            kept.correct(status=other.status, headline=other.headline, headline_text=other.headline_text)
    if kept.headline is Headline.SUB_NODE:
        kept.correct(n8n_error=other.n8n_error)  # the wrapper's class says nothing about what it wraps
    kept.learn(**other.facts)
    for text in (other.message, *other.also):
        kept.say(text)


def _stopping_failure(view: ExecutionView) -> list[Draft]:
    if not view.error:
        return []
    draft = Draft()
    learn_error(draft, view.error)
    learn_place(draft, view, draft.node or view.last_node)
    draft.learn(stopped_run=True, started_at=view.started_at)
    return [draft]


def _run_failure(view: ExecutionView, run: NodeRun) -> Draft:
    draft = Draft(stopped_run=bool(view.error), is_run=True)
    learn_error(draft, run.error())
    named = draft.node
    if named and named != run.node and named in view.nodes:
        view.sub_nodes.setdefault(named, run.node)  # the error names the sub-node that its run wraps
    draft.correct(node=run.node)
    learn_place(draft, view, run.node)
    _learn_input(draft, run)
    return draft


def _learn_input(draft: Draft, run: NodeRun) -> None:
    """Learn from what a chat model got: the model's name and address, and whose client it is."""
    inputs = run.inputs().get(_TO_MODEL) or (run.failed_inputs().get(_TO_MODEL) if run.failed else None)
    for item in (item for output in inputs or () for item in output):
        options = as_dict(as_dict(as_dict(item).get("json")).get("options"))
        if "anthropic_api_key" in options:
            draft.learn(surface=Surface.CHAT_MODEL, provider=Provider.ANTHROPIC)
        draft.learn(model=as_text(options.get("model")))
        url = as_text(options.get("anthropic_api_url"))
        if url:
            host, path = split_url(url)
            draft.learn(url=url, host=host, path=path)


def learn_place(draft: Draft, view: ExecutionView, name: str | None) -> None:
    """Learn a node's type, version and settings from the workflow, and those of the model below a root node."""
    node = view.nodes.get(name or "")
    draft.learn(node=name)
    if node is None:
        return
    draft.learn(node_type=node.type or None, node_version=node.version)
    learn_kind(draft, node.type)
    learn_parameters(draft, node.parameters())
    for credential in node.credentials():
        draft.learn(credential_type=credential, provider=provider_in(credential))
    root = view.sub_nodes.get(node.name)
    if root:
        draft.learn(root_node=root)
    if kind_of(node.type).is_root:
        _learn_model_below(draft, view, node.name)


def _learn_model_below(draft: Draft, view: ExecutionView, root: str) -> None:
    models = [view.nodes[sub] for sub, above in view.sub_nodes.items() if above == root and sub in view.nodes]
    models = [node for node in models if node.type.rsplit(".", 1)[-1].startswith("lm")]
    if len({node.type for node in models}) == 1:
        provider = kind_of(models[0].type).provider
        learn_kind(draft, models[0].type)
        draft.learn(provider=provider)
        if provider is not Provider.ANTHROPIC:
            draft.correct(provider=provider)  # the words may be another's, the call was this vendor's
        learn_parameters(draft, models[0].parameters())


def _read_outputs(view: ExecutionView, run: NodeRun, swallowed: list[Draft], successes: list[Success]) -> None:
    node = view.nodes.get(run.node)
    kind = kind_of(node.type) if node and node.type else None
    surface = (Surface.CHAT_MODEL if kind.is_root else kind.surface) if kind else None
    for call in items.read_outputs(run.outputs(), surface):
        if isinstance(call, items.Answered):
            if surface in _CALLING or surface is None:
                successes.extend(_claude_calls(view, run, surface, call))
            continue
        # a pinned output is a copy that somebody kept or wrote
        call.learn(stopped_run=False, told=True if node is not None and node.is_pinned else None)
        if surface not in _CALLING:
            call.learn(passed_on=True)
        learn_place(call, view, run.node)
        swallowed.append(call)


def _claude_calls(
    view: ExecutionView, run: NodeRun, surface: Surface | None, answer: "items.Answered"
) -> Iterator[Success]:
    """Yield the answered call if it was one to Claude: by its answer, by its node, or by what its node got."""
    node = view.nodes.get(run.node)
    if node is not None and node.is_pinned:
        return
    call = Draft()
    _learn_input(call, run)
    learn_place(call, view, run.node)
    anthropics_node = call.provider is Provider.ANTHROPIC
    alike = answer.form is items.AnswerForm.LIKE_CLAUDES and node is None
    if not (anthropics_node or answer.form is items.AnswerForm.CLAUDES or alike):
        return
    unknown_host = call.unknown_host and not call.host
    yield Success(
        node=run.node,
        surface=call.surface or surface,
        model=answer.model or call.model,
        host=call.host,
        # what a Code node puts out is its author's
        claudes=surface is not Surface.CODE_NODE and not alike and not unknown_host,
    )


def sub_nodes_of(connections: object) -> dict[str, str]:
    """Return, for every sub-node, the root node it is joined to (connections of a type other than ``main``)."""
    joined: dict[str, str] = {}
    for source, kinds in as_dict(connections).items():
        for kind, outputs in as_dict(kinds).items():
            if kind == "main":
                continue
            for target in (t for output in as_list(outputs) for t in as_list(output)):
                root = as_text(as_dict(target).get("node"))
                if root:
                    joined.setdefault(source, root)
    return joined
