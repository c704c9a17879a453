"""The list rule: narrow, order, count, cut. Every list of the service answers through it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from sdrs_fake.domain.errors import INVALID_LIMIT, require
from sdrs_fake.domain.fields import Limit, Offset
from sdrs_fake.domain.reading import Reading

KEPT_VIEWS = 256
KEPT_ROWS = 500_000


class Row(Protocol):
    """What can stand in a list: a value with an id that knows its JSON text."""

    @property
    def key(self) -> str: ...
    @property
    def rank(self) -> tuple[object, ...]: ...
    @property
    def wire_json(self) -> bytes: ...


Item = TypeVar("Item", bound=Row)


class ListQuery(BaseModel):
    """What any list may be asked; a subclass adds a field per filter."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    limit: Limit = 1000
    offset: Offset = 0


class Listing(NamedTuple):
    """One page: its rows as JSON texts, and the `count` that is answered with it."""

    rows: Sequence[bytes]
    counted: int


class Shelf(Generic[Item]):
    """The things of one kind in one project, by id. A view of them is kept until the next write."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._ordered: tuple[Item, ...] | None = None
        self._views: dict[Hashable, list[bytes]] = {}
        self._rows = 0
        self._shared = False

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: str) -> Item | None:
        return self._items.get(key)

    def put(self, items: Iterable[Item]) -> None:
        self._own()
        self._items.update((item.key, item) for item in items)
        self._forget_order()

    def copy(self) -> "Shelf[Item]":
        """Another shelf with the same things, its order and views; they are shared until either is
        written to.
        """
        twin: Shelf[Item] = Shelf()
        twin._items, twin._ordered = self._items, self._ordered
        twin._views, twin._rows = dict(self._views), self._rows
        self._shared = twin._shared = True
        return twin

    def remove(self, items: Iterable[Item]) -> None:
        """Take away items that are here."""
        self._own()
        for item in items:
            del self._items[item.key]
        self._forget_order()

    def ordered(self) -> tuple[Item, ...]:
        """All of it, first the highest rank: newest first, ties by id, descending."""
        if self._ordered is None:
            self._ordered = tuple(
                sorted(self._items.values(), key=lambda item: item.rank, reverse=True)
            )
        return self._ordered

    def view(
        self, name: Hashable, narrow: Callable[[Iterable[Item]], Iterable[Item]]
    ) -> list[bytes]:
        """The JSON texts of what `narrow` leaves, in order; `name` stands for what it does."""
        view = self._views.get(name)
        if view is None:
            view = [item.wire_json for item in narrow(self.ordered())]
            self._views[name] = view
            self._rows += len(view)
            while len(self._views) > KEPT_VIEWS or (
                self._rows > KEPT_ROWS and len(self._views) > 1
            ):
                self._rows -= len(self._views.pop(next(iter(self._views))))
        return view

    def _own(self) -> None:
        """Have things of its own to write to."""
        if self._shared:
            self._items, self._shared = dict(self._items), False

    def _forget_order(self) -> None:
        self._ordered = None
        self._views.clear()
        self._rows = 0


def cut(view: Sequence[bytes], query: ListQuery, reading: Reading) -> Listing:
    """The page of a view that a query asks for."""
    require(query.limit or reading.limit_zero == "empty", INVALID_LIMIT)
    rows = view[query.offset : query.offset + query.limit]
    return Listing(rows, len(view) if reading.count == "total" else len(rows))
