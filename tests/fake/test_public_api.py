"""What the package promises to those who import it."""

import inspect
import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path

import pytest

import sdrs_fake
import sdrs_fake.seeding


def printed(*arguments, **options):
    """The words that a Python program prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, **options)
    return done.stdout.split()


def test_every_public_name_is_there():
    assert [name for name in sdrs_fake.__all__ if getattr(sdrs_fake, name, None) is None] == []
    assert dir(sdrs_fake) == sorted(sdrs_fake.__all__)


def test_type_checkers_see_the_same_names():
    text = Path(sdrs_fake.__file__).read_text(encoding="utf-8")
    shown = sorted(
        line.split(" as ")[1]
        for line in text.splitlines()
        if line.startswith("    from") and " as " in line
    )

    assert shown == sorted(sdrs_fake.__all__)


def public_callables():
    """The public classes' own methods, and the public functions."""
    for module in (sdrs_fake, sdrs_fake.seeding):
        for value in (getattr(module, name) for name in module.__all__):
            members = list(vars(value).values()) if isinstance(value, type) else [value]
            for member in members:
                function = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if getattr(function, "__module__", "").startswith("sdrs_fake"):
                    yield function


@pytest.mark.parametrize(
    "function",
    [each for each in public_callables() if inspect.isroutine(each)],
    ids=lambda each: each.__qualname__,
)
def test_the_annotations_of_everything_public_resolve(function):
    assert isinstance(typing.get_type_hints(function), dict)


@pytest.mark.parametrize("function", [sdrs_fake.FakeSdrs.__init__, sdrs_fake.FakeFactory.__call__])
def test_a_realistic_job_duration_passes_a_type_checker(function):
    hint = typing.get_type_hints(function)["job_duration"]

    assert typing.Literal["realistic"] in typing.get_args(hint)


def test_a_factory_is_annotated_as_a_fake():
    fake = typing.get_type_hints(sdrs_fake.FakeSdrs.__init__)
    factory = typing.get_type_hints(sdrs_fake.FakeFactory.__call__)
    names = factory.keys() - {"project_id", "return"}

    assert {name: factory[name] for name in names} == {name: fake[name] | None for name in names}


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'sdrs_fake' has no attribute 'FakeSDRS'"):
        assert sdrs_fake.FakeSDRS


def test_importing_the_package_imports_nothing_heavy():
    program = "import sys; old = {*sys.modules}; import sdrs_fake; print(*{*sys.modules} - old)"
    names = printed("-I", "-c", program, cwd="/")

    assert {name.split(".")[0] for name in names} <= {"sdrs_fake", "importlib", "warnings"}


def test_the_package_is_typed():
    assert (Path(sdrs_fake.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize(
    "module", ["sdrs_fake.fake", "sdrs_fake.wsgi.app", "sdrs_fake.domain.backend"]
)
def test_using_the_fake_does_not_import_what_it_does_not_need(module):
    heavy = {"faker", "click", "freezegun", "pytest"}

    assert import_module(module)
    assert printed("-c", f"import sys; import {module}; print(*({heavy} & {{*sys.modules}}))") == []
