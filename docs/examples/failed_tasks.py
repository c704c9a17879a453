"""Report the failed tasks of a project, by group and cause: python failed_tasks.py

The exit status is 1 if there are any.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from cloud import connect


def report(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of the report; the group with most failed tasks comes first."""
    groups = Counter((task["group_id"], task["group"]) for task in tasks)
    for (group_id, name), count in groups.most_common():
        yield f"{name}: {count} failed"
        yield from causes([task for task in tasks if task["group_id"] == group_id])


def causes(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """Each cause with the reason of its newest task and the names of what it hit."""
    by_cause = defaultdict(list)
    for task in tasks:
        by_cause[task["failure_status"], task["error_code"]].append(task)
    for (status, code), same in sorted(by_cause.items(), key=lambda item: -len(item[1])):
        newest = max(same, key=lambda task: task["begin_time"])
        names = sorted({task["resource_name"] for task in same})
        yield f"  {len(same)} {status} {code}: {newest['fail_reason']}"
        yield f"    {', '.join(names)}"


def main() -> int:
    with connect() as sdrs:
        tasks = sdrs.failed_tasks()
    for line in report(tasks):
        print(line)
    print(f"{len(tasks)} failed tasks in all")
    return 1 if tasks else 0


if __name__ == "__main__":
    sys.exit(main())
