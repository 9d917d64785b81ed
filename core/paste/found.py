"""What a reader of one shape hands back, before its drafts are frozen into failures."""

from dataclasses import dataclass, field

from core.paste.draft import Draft
from core.paste.failure import RUNS, Shape, Span, Success


@dataclass
class Found:
    """The failing and the answered calls that one reader found, and what it understood of the paste."""

    shape: Shape
    drafts: list[Draft] = field(default_factory=list)
    successes: list[Success] = field(default_factory=list)
    nodes: int | None = None
    n8n_version: str | None = None
    cut_off: bool = False
    needs: str | None = None
    values: tuple[Span, ...] | None = None  # where the values among its words are; None where nobody looked

    @property
    def is_telling(self) -> bool:
        """Whether a call, failing or answered, was found."""
        return bool(self.drafts or self.successes)

    @property
    def is_whole_run(self) -> bool:
        """Whether this is a run with its nodes; a part of it, read again by itself, would lose what the nodes tell."""
        return self.shape in RUNS and bool(self.nodes)
