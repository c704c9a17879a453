"""`python -m benchmarks`: all bars; `--short` takes fewer rounds."""

import platform
import sys

from benchmarks import in_process, processes


def main() -> None:
    rounds = 5 if "--short" in sys.argv[1:] else 25
    print(f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}, {rounds} rounds, medians")
    for measure in (in_process.one_call, in_process.deep_pages, processes.empty_fake, processes.bare_import):
        for bar in measure(rounds):
            print(bar, flush=True)


if __name__ == "__main__":
    main()
