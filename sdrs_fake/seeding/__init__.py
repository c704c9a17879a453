"""Realistic data that can be made again: datasets, scenarios, and a Faker provider.

Names load on first use: the provider needs Faker when it is imported, a dataset when it is made.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in the package itself

if TYPE_CHECKING:
    from sdrs_fake.seeding.consistency import assert_consistent as assert_consistent
    from sdrs_fake.seeding.datasets import DATASET_VERSION as DATASET_VERSION
    from sdrs_fake.seeding.datasets import Dataset as Dataset
    from sdrs_fake.seeding.datasets import dataset as dataset
    from sdrs_fake.seeding.datasets import scenario as scenario
    from sdrs_fake.seeding.datasets import stream as stream
    from sdrs_fake.seeding.library import Scenario as Scenario
    from sdrs_fake.seeding.library import scenarios as scenarios
    from sdrs_fake.seeding.provider import SdrsProvider as SdrsProvider
    from sdrs_fake.seeding.spec import SeedSpec as SeedSpec
    from sdrs_fake.seeding.steps import Step as Step

_MODULES = {
    "DATASET_VERSION": "datasets",
    "Dataset": "datasets",
    "Scenario": "library",
    "SdrsProvider": "provider",
    "SeedSpec": "spec",
    "Step": "steps",
    "assert_consistent": "consistency",
    "dataset": "datasets",
    "scenario": "datasets",
    "scenarios": "library",
    "stream": "datasets",
}
__all__ = [*_MODULES]  # noqa: PLE0604 they are strings

if not TYPE_CHECKING:  # as in the package itself

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return __all__
