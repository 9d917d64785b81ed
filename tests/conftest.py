"""What every test may use: an environment of its own, and fakes of keys that are built at run time."""

import os
import random
import string
from collections.abc import Callable, Iterator

import pytest

_ALPHABET = string.ascii_letters + string.digits + "_-"


@pytest.fixture(autouse=True, scope="session")
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the settings of the machine it runs on, nor writes to its data folder."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("RECONNECT_")}
    for name in kept:
        del os.environ[name]
    os.environ["RECONNECT_DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
    yield
    del os.environ["RECONNECT_DATA_DIR"]
    os.environ.update(kept)


@pytest.fixture
def fake_key() -> Callable[..., str]:
    """Builds a string with the exact shape of an Anthropic secret that is none: ``fake_key("api03", seed=1)``."""

    def build(kind: str = "api03", *, seed: int = 0) -> str:
        dice = random.Random(f"{kind}/{seed}")
        return f"sk-ant-{kind}-" + "".join(dice.choices(_ALPHABET, k=93)) + "AA"

    return build
