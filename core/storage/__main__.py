"""The operator's commands: ``python -m core.storage sweep`` and ``python -m core.storage accept-clock``."""

import argparse
import datetime as dt
import sys

from core.settings import SettingsError, settings
from core.storage import StorageError, Stores, clock
from core.storage.database import Storage
from core.storage.retention import sweep


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0, or 1 after one plain sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m core.storage", description="Look after the database.")
    parser.add_argument(
        "command",
        choices=("sweep", "accept-clock"),
        help="sweep: delete what is over now; accept-clock: take this machine's clock for the right one",
    )
    command = parser.parse_args(arguments).command
    now = dt.datetime.now(dt.UTC)
    try:
        storage = Stores(settings()).storage
        if command == "sweep":
            print(_sweep_report(storage, now))
        else:
            with storage.write_any_time() as connection:
                clock.accept(connection, now)
            print(f"{now:%Y-%m-%d %H:%M} UTC is taken for the right time.")
    except (StorageError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _sweep_report(storage: Storage, now: dt.datetime) -> str:
    swept = sweep(storage, now)
    if swept.postponed:
        return (
            "Nothing was deleted: the database was not used for days. Make sure that the clock is right, then repeat."
        )
    return f"Deleted {swept.cases} cases, {swept.notebooks} notebooks, {swept.intake_groups} groups of reports."


if __name__ == "__main__":
    sys.exit(main())
