"""Realistic failed jobs by chance that can be repeated: a Faker provider, datasets, and scenarios.

Names load on first use: the provider brings Faker, a dataset brings it when it is made.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in the package itself

if TYPE_CHECKING:
    from sdrs_fake.seeding.coherence import check_coherent as check_coherent
    from sdrs_fake.seeding.datasets import DATASET_VERSION as DATASET_VERSION
    from sdrs_fake.seeding.datasets import Dataset as Dataset
    from sdrs_fake.seeding.datasets import Parameters as Parameters
    from sdrs_fake.seeding.datasets import dataset as dataset
    from sdrs_fake.seeding.datasets import stream as stream
    from sdrs_fake.seeding.library import Scenario as Scenario
    from sdrs_fake.seeding.library import scenarios as scenarios
    from sdrs_fake.seeding.provider import SdrsProvider as SdrsProvider
    from sdrs_fake.seeding.staging import scenario as scenario
    from sdrs_fake.seeding.tokens import StateToken as StateToken

_HOMES = {
    "DATASET_VERSION": "datasets",
    "Dataset": "datasets",
    "Parameters": "datasets",
    "Scenario": "library",
    "SdrsProvider": "provider",
    "StateToken": "tokens",
    "check_coherent": "coherence",
    "dataset": "datasets",
    "scenario": "staging",
    "scenarios": "library",
    "stream": "datasets",
}
__all__ = [
    "DATASET_VERSION",
    "Dataset",
    "Parameters",
    "Scenario",
    "SdrsProvider",
    "StateToken",
    "check_coherent",
    "dataset",
    "scenario",
    "scenarios",
    "stream",
]

if not TYPE_CHECKING:  # as in the package itself

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return __all__
