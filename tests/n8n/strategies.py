"""Any combination of choices, as Hypothesis strategies."""

import datetime as dt
from typing import Any, Final

from hypothesis import strategies as st

from core.models.catalogue import ThinkingMode, load
from core.n8n.choices import EFFORTS, Auth, NodeChoices, OnError, ReportTo

TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_PROMPTS: Final = st.sampled_from(
    ["{{ $json.prompt }}", "$json.prompt", "Say: {{ $json.a }} and {{ $json['b c'] }}", "{{ $('Prompt').item.json.p }}"]
)
_USABLE: Final = [choice.model.id for choice in load().usable(dt.datetime.now(dt.UTC).date())]
_MODELS: Final = st.sampled_from(_USABLE) | st.sampled_from([*load().ids, "my-deployment"])


def _rarely(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly None: many combinations of parameters are refused."""
    return st.none() | st.none() | st.none() | values


_MAYBE_NUMBER: Final = _rarely(st.sampled_from([0.0, 0.3, 1.0]))

CHOICES: Final = st.builds(
    NodeChoices,
    model=_MODELS,
    auth=st.sampled_from(Auth),
    base_url=st.sampled_from(
        ["https://api.anthropic.com", "https://api.anthropic.com/", "http://localhost:4000", "https://g.example.com/a"]
    ),
    anthropic_version=st.sampled_from(load().api_versions),
    max_tokens=st.integers(1, 64_000) | st.integers(1, 130_000),
    system=TEXT | _PROMPTS,
    prompt=_PROMPTS | TEXT,
    sample_prompt=TEXT.filter(str.strip),
    temperature=_MAYBE_NUMBER,
    top_p=_MAYBE_NUMBER,
    top_k=_rarely(st.integers(0, 50)),
    thinking=_rarely(st.sampled_from(ThinkingMode)),
    thinking_budget=_rarely(st.integers(1024, 4000)),
    effort=_rarely(st.sampled_from(EFFORTS)),
    workspace_id=st.none() | st.just("wrkspc_01test"),
    timeout_s=st.integers(1, 600),
    tries=st.integers(1, 5),
    wait_between_tries_ms=st.integers(0, 5000),
    on_error=st.sampled_from(OnError),
    n8n_version=st.none() | st.sampled_from(["1.20", "1.45.1", "1.50.0", "1.110.0", "2.41.1"]),
    node_name=st.sampled_from(["Call Claude", 'He said "hi"', "Ünï 🙂"]),
    credential_name=st.none() | st.just("Anthropic"),
    second_model=st.none() | _MODELS,
    rounds=st.integers(1, 10),
    longest_wait_s=st.integers(1, 3600),
    report_to=st.sampled_from(ReportTo),
)
