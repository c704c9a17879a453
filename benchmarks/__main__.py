"""`python -m benchmarks`: all bars; `--short` takes fewer rounds."""

import platform
import sys

from benchmarks import doors, in_process, plugin, processes, seeding

MEASURES = (
    in_process.one_call,
    in_process.deep_pages,
    doors.intercepted_sdk,
    doors.kept_connection,
    doors.under_load,
    processes.empty_fake,
    processes.bare_import,
    seeding.datasets,
    seeding.streams,
    plugin.fixture,
    plugin.first_use,
)


def main() -> None:
    rounds = 5 if "--short" in sys.argv[1:] else 25
    print(f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}, {rounds} rounds, medians")
    over = 0
    for measure in MEASURES:
        for bar in measure(rounds):
            print(bar, flush=True)
            over += not bar.holds
    sys.exit(1 if over and "--short" not in sys.argv[1:] else 0)


if __name__ == "__main__":
    main()
