"""Which packages are harvested, and the harvest itself: every sentence with the package and the file it comes from."""

import io
import json
import subprocess
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import msgspec

from tests.harvest.python_sources import sentences_in
from tests.n8n import install

_HERE: Final = Path(__file__).parent
SCRIPT: Final = _HERE / "sentences.cjs"
_LONGEST: Final = 1_000


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files of a package that are not read, and why."""

    path: str
    reason: str


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A package and the files of it that are read; `version` is of a package from PyPI."""

    name: str
    language: Literal["javascript", "python"]
    files: list[str]
    left_out: list[LeftOut] = []
    version: str | None = None
    own: bool = False

    def takes(self, path: str) -> bool:
        """Return whether a file of this package is read; `path` is below the package's folder."""
        file = PurePosixPath(path)
        if any(_matches(file, each.path) for each in self.left_out):
            return False
        return any(_matches(file, pattern) for pattern in self.files)


class Harvested(msgspec.Struct, frozen=True, order=True):
    """One sentence of a package, with one file that holds it."""

    package: str
    sentence: str
    file: str


def packages() -> list[Package]:
    """Return the packages of ``packages.toml``."""
    table = tomllib.loads((_HERE / "packages.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["package"], list[Package])


def javascript(folder: Path) -> Iterator[Harvested]:
    """Yield the sentences of every JavaScript package in the ``node_modules`` of `folder`, with n8n's own parser."""
    modules = folder / "node_modules"
    for package in packages():
        if package.language != "javascript":
            continue
        root = modules / package.name
        named = {str(file.relative_to(root)): str(file) for glob in package.files for file in root.glob(glob)}
        files = sorted(path for name, path in named.items() if package.takes(name))
        done = subprocess.run(
            [install.node(), SCRIPT],
            input=json.dumps({"parser": str(modules), "files": files}),
            capture_output=True,
            text=True,
            check=True,
        )
        for line in done.stdout.splitlines():
            read = json.loads(line)
            yield from _of(package, str(Path(read["file"]).relative_to(root)), read["sentences"])


def installed_python(name: str) -> Iterator[Harvested]:
    """Yield the sentences of a Python package that is installed beside the tests."""
    package = next(each for each in packages() if each.name == name)
    for file in metadata.files(name) or ():
        if file.suffix == ".py" and package.takes(str(file)):
            yield from _of(package, str(file), sentences_in(file.read_text(encoding="utf-8")))


def wheel(name: str, data: bytes) -> Iterator[Harvested]:
    """Yield the sentences of a Python package's wheel."""
    package = next(each for each in packages() if each.name == name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for file in archive.namelist():
            if file.endswith(".py") and package.takes(file):
                yield from _of(package, file, sentences_in(archive.read(file).decode()))


def _of(package: Package, file: str, sentences: Iterable[str]) -> Iterator[Harvested]:
    """Yield a file's sentences with white space collapsed; nothing but holes and marks says nothing."""
    for sentence in sentences:
        text = " ".join(sentence.split())[:_LONGEST]
        if any(map(str.isalpha, text.replace("{}", ""))):
            yield Harvested(package.name, text, file)


def _matches(file: PurePosixPath, pattern: str) -> bool:
    """Return whether a path matches a glob in which ``**`` stands for any folders, none included."""
    parts = pattern.split("/")
    return _parts_match(list(file.parts), parts)


def _parts_match(path: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        rest = pattern[1:]
        return not rest or any(_parts_match(path[start:], rest) for start in range(len(path) + 1))
    return bool(path) and PurePosixPath(path[0]).match(pattern[0]) and _parts_match(path[1:], pattern[1:])
