"""Bars of the pytest fixture: one use, and the first use in a process."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.measure import Bar, side_by_side
from conftest_plugin.factory import Factory
from conftest_plugin.settings import RunSettings
from conftest_plugin.tracker import Tracker

_FLOOR = """
import werkzeug
from pydantic import BaseModel
class Eleven(BaseModel):
    a: str; b: str; c: str; d: str; e: str; f: str
    g: str; h: str; i: str; j: str; k: str | None = None
"""
_FIRST_USE = """
from sdrs_fake import FakeSdrs
with FakeSdrs() as sdrs:
    assert sdrs.url
    sdrs.request("GET", "/")
"""
_EMPTY_TEST = "def test_empty(): pass"
_USING_TEST = "def test_using(sdrs): assert sdrs.url"
_TIMING = """
import statistics, time
from pathlib import Path
import pytest
took = {"": [], "trivial": [], "sdrs": []}
@pytest.fixture
def trivial(request):
    yield 1
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    start = time.perf_counter()
    result = yield
    name = next((name for name in item.fixturenames if name in took), "")
    took[name].append(time.perf_counter() - start)
    return result
def pytest_sessionfinish():
    lines = (str(statistics.median(seconds)) for seconds in took.values())
    Path("took.txt").write_text(" ".join(lines), encoding="utf-8")
"""


def fixture(rounds: int) -> Iterator[Bar]:
    """What `sdrs` does for a test that is seeded with 100 jobs, from another seed each time."""
    seeds = count()

    def life(use: Callable[..., object]) -> Callable[[], None]:
        def run() -> None:
            line = {"failures": "100", "seed": str(next(seeds))}
            settings = RunSettings(line, {}, folder=Path(), ini_folder=Path())
            tracker = Tracker()
            with Factory(settings).for_test([], tracker) as fake:
                use(fake)
            tracker.end_test()

        return run

    made, served = side_by_side(
        life(lambda fake: fake), life(lambda fake: fake.url), calls=20, rounds=rounds
    )
    yield Bar(
        "fixture sdrs seeded with 100 jobs, set up and torn down",
        made / 1000,
        2,
        " ms",
        "another seed each time",
    )
    yield Bar("the same with its url", served / 1000, 4, " ms", "another seed each time")


def unused(rounds: int) -> Iterator[Bar]:
    """What the plugin adds to the start of every pytest run that does not use it."""
    command = [sys.executable, "-X", "importtime", "-c", "import pytest, conftest_plugin"]
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            subprocess.run(command, check=True, capture_output=True, text=True, env=_warm(folder))
            for _ in range(rounds + 1)
        ][1:]
    lines = [run.stderr.splitlines()[-1] for run in runs]
    assert all(line.endswith("conftest_plugin") for line in lines)
    seen = statistics.median(int(line.split("|")[1]) for line in lines)
    yield Bar(
        "installed but unused: its import",
        seen / 1000,
        3,
        " ms",
        "python -X importtime, after pytest's own imports",
    )


def first_use(rounds: int) -> Iterator[Bar]:
    """The first fake in a process, beside the imports it cannot do without; inside pytest for
    comparison.
    """
    with tempfile.TemporaryDirectory() as folder:
        warm = _warm(folder)

        def _seconds(*arguments: str) -> float:
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=warm)
            return time.perf_counter() - start

        pairs = [(_seconds("-c", _FIRST_USE), _seconds("-c", _FLOOR)) for _ in range(rounds + 1)][
            1:
        ]
        ours, floor = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        for name, text in (("test_empty.py", _EMPTY_TEST), ("test_using.py", _USING_TEST)):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        using, empty = (
            statistics.median(
                [
                    _seconds("-m", "pytest", "-q", "-p", "no:cacheprovider", f"{folder}/{name}")
                    for _ in range(rounds + 1)
                ][1:]
            )
            for name in ("test_using.py", "test_empty.py")
        )
    inside = (using - empty) * 1000
    yield Bar(
        "first use of sdrs / pydantic with one model and werkzeug",
        ours / floor,
        1.4,
        "x",
        f"{ours:.0f} / {floor:.0f} ms; in pytest +{inside:.0f} ms",
    )


def many_tests(rounds: int) -> Iterator[Bar]:
    """What the fixture adds to each of 300 tests, which take turns with others in one run.

    To collect a test with a fixture takes some 0.02 ms more.
    """
    with tempfile.TemporaryDirectory() as folder:
        warm = _warm(folder)
        (Path(folder) / "conftest.py").write_text(_TIMING, encoding="utf-8")
        turns = [name for _ in range(12) for name in ("", "trivial", "sdrs") for _ in range(25)]
        tests = (f"def test_{number}({name}): pass\n" for number, name in enumerate(turns))
        (Path(folder) / "test_many.py").write_text("".join(tests), encoding="utf-8")
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:faker"]
        command = [sys.executable, "-m", "pytest", *options]
        seen = []
        for _ in range(max(3, rounds // 3)):
            subprocess.run(command, check=True, capture_output=True, env=warm, cwd=folder)
            lines = (Path(folder) / "took.txt").read_text(encoding="utf-8").split()
            plain, trivial, using = (float(seconds) * 1000 for seconds in lines)
            seen.append((using - plain, trivial - plain, plain))
    added, floor, plain = (statistics.median(column) for column in zip(*seen, strict=True))
    yield Bar(
        "sdrs adds to each of 300 tests",
        added,
        0.4,
        " ms",
        f"a fixture that yields 1 adds {floor:.2f} ms; without one a test takes {plain:.2f} ms",
    )


def _warm(folder: str) -> dict[str, str]:
    """An environment in which bytecode is kept, whatever the present one says; the first run in it
    makes it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
