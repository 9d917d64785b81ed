"""Private links: what has their form, and that none is taken for something else."""

import pytest

from core.storage.links import digest, is_link, new_link


def test_every_new_link_is_one_and_unlike_any_other():
    made = {new_link() for _ in range(2_000)}
    assert len(made) == len({digest(link) for link in made}) == 2_000
    assert all(map(is_link, made))


@pytest.mark.parametrize("text", ["", "guessed", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "=", "A" * 22 + "\n"])
def test_anything_else_is_none(text: str):
    assert not is_link(text)
