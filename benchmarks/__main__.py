"""`python -m benchmarks`: all bars; `--short` takes fewer rounds.

`python -m benchmarks.soak` is a run of its own.
"""

import os
import platform
import sys
from pathlib import Path

from benchmarks import (
    clients,
    connections,
    faults,
    in_process,
    plugin,
    processes,
    seeding,
    service,
    tags,
)

MEASURES = (
    in_process.one_call,
    in_process.held,
    in_process.deep_pages,
    faults.faults,
    faults.journal,
    faults.forks,
    service.lists,
    service.jobs,
    service.failing_jobs,
    service.pending,
    service.large_group,
    tags.tags,
    clients.intercepted_sdk,
    clients.kept_connection,
    clients.under_load,
    connections.many_at_once,
    processes.empty_fake,
    processes.bare_import,
    seeding.datasets,
    seeding.room,
    seeding.made_of_scenarios,
    seeding.streams,
    seeding.generated,
    plugin.fixture,
    plugin.unused,
    plugin.first_use,
    plugin.many_tests,
)


def _machine() -> str:
    """The processor, as the system calls it, and how many of it there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} x {names[0] if names else platform.processor() or platform.machine()}"


def main() -> None:
    rounds = 5 if "--short" in sys.argv[1:] else 25
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {_machine()}, {rounds}"
        " rounds, medians"
    )
    over = 0
    for measure in MEASURES:
        for bar in measure(rounds):
            print(bar, flush=True)
            over += not bar.holds
    sys.exit(1 if over and "--short" not in sys.argv[1:] else 0)


if __name__ == "__main__":
    main()
