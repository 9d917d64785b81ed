"""Where the project and its test data lie, and which of its files count."""

import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "tests" / "data"


def python_files(folder: Path) -> list[Path]:
    """Every Python file below a folder of the project, without what an editor keeps in hidden folders."""
    files = folder.rglob("*.py")
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def top_level(root: Path) -> set[str]:
    """The names on top of a project that are its own: what git tracks, else what .gitignore does not name."""
    # The checkout may belong to somebody else, as it does in a container.
    command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z"]
    if (root / ".git").exists() and shutil.which("git"):
        tracked = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return {path.partition("/")[0] for path in tracked.split("\0") if path}
    lines = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [line.strip("/") for line in lines if line and not line.startswith("#")]
    names = {entry.name for entry in root.iterdir()}
    return {name for name in names if not any(fnmatch(name, pattern) for pattern in ignored)}
