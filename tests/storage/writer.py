"""A portal's process for the tests: does one job over and over and prints a line for each acknowledged piece of work.

python -m tests.storage.writer JOB LINK COUNT NAME    settings come from the environment
"""

import datetime as dt
import sys
import time

from core.settings import settings
from core.storage import Stores, Unavailable
from core.storage.limits import Limit, Scope
from tests.storage.samples import NOW, access_facts


def main(job: str, link: str, count: int, name: str) -> None:
    stores = Stores(settings())
    if job == "migrate":
        print(stores.storage.ability().sentence, flush=True)
        return
    stores.storage.ability()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        try:
            print(WORK[job](stores, link, f"{name}-{number}"), flush=True)
        except Unavailable:
            time.sleep(0.01)


def note(stores: Stores, link: str, words: str) -> str:
    stores.contributions.add_note(link, words, NOW, author="writer")
    return words


def result(stores: Stores, link: str, words: str) -> str:
    stores.notebooks.add(link, [access_facts(key_label=words)], dt.datetime.now(dt.UTC))
    return words


def take(stores: Stores, _link: str, words: str) -> str:
    everybody = Limit(scope=Scope.GLOBAL, what="probe", most=50, seconds=3600)
    return f"{words} {stores.limits.take([everybody], NOW).allowed}"


WORK = {"note": note, "result": result, "take": take}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
