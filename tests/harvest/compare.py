"""Compares what the packages say with what ``core/causes/sentences.jsonl`` has."""

from collections.abc import Iterable

from core.causes.sentences import sentences
from tests.harvest.packages import Harvested


def unmapped(harvested: Iterable[Harvested]) -> list[str]:
    """Return a line for every sentence that is not in the file, with its package and where it is in it."""
    known = {sentence.sentence for sentence in sentences()}
    first: dict[str, Harvested] = {}
    for each in sorted(harvested):
        if each.sentence not in known:
            first.setdefault(each.sentence, each)
    return [f"{each.package} {each.file}: {each.sentence}" for each in first.values()]


def gone(harvested: Iterable[Harvested]) -> list[str]:
    """Return the sentences of the file that none of these packages holds any more, by what they were read from."""
    said = {(each.package, each.sentence) for each in harvested}
    packages = {package for package, _ in said}
    return [
        f"{package}: {sentence.sentence}"
        for sentence in sentences()
        for package in sentence.packages
        if package in packages and (package, sentence.sentence) not in said
    ]
