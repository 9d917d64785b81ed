"""Harvest every package and name the sentences that are new or gone; exit 1 if there are any.

Needs the installed n8n (``python -m tests.n8n.install``). LiteLLM is too big to install for this: its wheel is
downloaded from PyPI, in the version that ``packages.toml`` names, and read without being installed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.harvest.compare import gone, unmapped
from tests.harvest.packages import Harvested, installed_python, javascript, packages, wheel
from tests.n8n import install


def harvest() -> list[Harvested]:
    """Return the sentences of every package; LiteLLM's come from PyPI."""
    return [*javascript(install.home()), *installed_python("anthropic"), *wheel("litellm", _download("litellm"))]


def _download(name: str) -> bytes:
    version = next(package.version for package in packages() if package.name == name)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*command, f"{name}=={version}"], check=True)
        (file,) = Path(folder).iterdir()
        return file.read_bytes()


def main() -> int:
    """Print what differs and what to do about it."""
    harvested = harvest()
    new, old = unmapped(harvested), gone(harvested)
    for line in new:
        print(f"new   {line}")
    for line in old:
        print(f"gone  {line}")
    print(f"{len({each.sentence for each in harvested})} sentences, {len(new)} new, {len(old)} gone")
    return 1 if new or old else 0


if __name__ == "__main__":
    sys.exit(main())
