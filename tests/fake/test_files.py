"""The files that a fake is written to and read from, whatever is there."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from click.testing import CliRunner

from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.cli import main
from sdrs_fake.domain import files

WRITERS = {
    "save": lambda path: FakeSdrs(failures=200).save(path),
    "generate": lambda path: CliRunner().invoke(
        main,
        ["generate", "--failures", "200", "--output", str(path)],
        standalone_mode=False,
        catch_exceptions=False,
    ),
}
each_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def small_disk():
    """No file can grow beyond a few bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@each_writer
def test_a_pipe_is_written_as_it_is(pipe, write):
    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(pipe.read_bytes)
        write(pipe)
        content = reader.result(timeout=10)

    assert content.count(b"job_id") >= 200
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(pipe.parent.iterdir()) == [pipe]


@each_writer
@pytest.mark.parametrize(
    ("there", "mask", "mode"),
    [(None, 0o022, 0o644), (None, 0o077, 0o600), (0o640, 0o022, 0o640), (0o604, 0o077, 0o604)],
)
def test_a_file_keeps_its_mode_and_a_new_one_heeds_the_umask(tmp_path, write, there, mask, mode):
    file = tmp_path / "file"
    if there:
        file.touch()
        file.chmod(there)
    with umask(mask):
        write(file)

    assert stat.S_IMODE(file.stat().st_mode) == mode


@each_writer
def test_a_long_name_is_no_longer_while_it_is_written(tmp_path, write):
    write(tmp_path / ("x" * 255))

    assert [len(file.name) for file in tmp_path.iterdir()] == [255]


@each_writer
def test_a_full_disk_leaves_what_was_there_and_names_the_file(tmp_path, write):
    file = tmp_path / "file"
    file.write_text("before")
    with small_disk(), pytest.raises(OSError, match="too large") as caught:
        write(file)

    assert caught.value.filename == str(file)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "before")]


@pytest.mark.parametrize("path", ["none/fake.json", "fake.json/in-a-file"])
def test_a_path_that_cannot_be_written_is_named(tmp_path, path):
    (tmp_path / "fake.json").touch()
    with pytest.raises(OSError, match="director") as caught:
        FakeSdrs().save(tmp_path / path)

    assert caught.value.filename == str(tmp_path / path)


def test_a_path_that_no_system_takes_is_refused():
    with pytest.raises(ParameterError, match=r"^path: 'a\\x00b' should be a file: .*embedded null"):
        FakeSdrs().save("a\0b")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_waits_until_the_file_is_whole(tmp_path, name):
    code = f"""
import os, signal, sys
from sdrs_fake import FakeSdrs
from pathlib import Path
signal.signal(signal.{name}, signal.SIG_DFL)
fake, replace = FakeSdrs(), Path.replace
def interrupted(part, file):
    os.kill(os.getpid(), signal.{name})
    return replace(part, file)
Path.replace = interrupted
fake.save(sys.argv[1])
print("not reached")
"""
    file = tmp_path / "fake.json"
    done = subprocess.run([sys.executable, "-c", code, str(file)], check=False, capture_output=True)

    assert (done.returncode, done.stdout) == (-getattr(signal, name), b"")
    assert list(tmp_path.iterdir()) == [file]
    assert FakeSdrs.from_file(file).failure_jobs == ()


READERS = {
    "from_file": FakeSdrs.from_file,
    "import_data": lambda path: FakeSdrs().import_data(path),
    "import_failure_jobs": lambda path: FakeSdrs().import_failure_jobs(path),
    "scenario": lambda path: FakeSdrs(scenario=path),
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@each_reader
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(pipe, monkeypatch, read):
    monkeypatch.setattr(files, "PATIENCE", 0.01)

    with pytest.raises(
        (TimeoutError, ParameterError), match=r"pipe should be .*: no program writes to this pipe"
    ):
        read(pipe)


@pytest.mark.parametrize(("patience", "in_time"), [(10.0, True), (0.01, False)])
def test_a_pipe_is_read_to_its_end_also_where_its_writer_takes_long(
    pipe, monkeypatch, patience, in_time
):
    waited, set_blocking = Event(), os.set_blocking
    monkeypatch.setattr(files, "PATIENCE", patience)
    monkeypatch.setattr(os, "set_blocking", lambda *given: waited.set() or set_blocking(*given))
    writer = os.open(pipe, os.O_RDWR)

    def write(content):
        in_time or waited.wait(10)
        os.write(writer, content)
        waited.wait(10)
        os.close(writer)

    with ThreadPoolExecutor(1) as threads:
        written = threads.submit(write, json.dumps(FakeSdrs(failures=9).export_data()).encode())
        fake = FakeSdrs.from_file(pipe)
        written.result()

    assert len(fake.failure_jobs) == 9


@each_reader
def test_a_key_that_is_given_twice_is_refused(tmp_path, read):
    file = tmp_path / "twice.json"
    file.write_text('{"failure_jobs": [{"job_id": "a", "job_id": "b"}]}')

    with pytest.raises(ParameterError, match="should be JSON, but an object gives 'job_id' twice"):
        read(file)


def test_a_key_that_is_given_twice_is_refused_over_http(sdrs):
    body = '{"version": 1, "version": 1}'
    response = sdrs.session().post(f"{sdrs.url}/_fake/import", data=body)

    assert response.status_code == 400
    assert "an object gives 'version' twice" in response.json()["error"]["message"]
