"""Realistic failed jobs by chance that can be repeated: a Faker provider, and datasets.

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
    from sdrs_fake.seeding.provider import SdrsProvider as SdrsProvider

_HOMES = {
    "DATASET_VERSION": "datasets",
    "Dataset": "datasets",
    "Parameters": "datasets",
    "SdrsProvider": "provider",
    "check_coherent": "coherence",
    "dataset": "datasets",
    "stream": "datasets",
}
__all__ = [
    "DATASET_VERSION",
    "Dataset",
    "Parameters",
    "SdrsProvider",
    "check_coherent",
    "dataset",
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
