"""Store: the resources of one kind by id, and the rule by which every list is answered."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import call
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.fields import Limit, Offset
from sdrs_fake.domain.refusals import INVALID_LIMIT, require

KEPT_VIEWS = 256
KEPT_ROWS = 500_000


class Row(Protocol):
    """A resource: it has an id, a place in the order of its list, and its JSON."""

    @property
    def key(self) -> str: ...
    @property
    def rank(self) -> tuple[object, ...]: ...
    @property
    def wire_json(self) -> bytes: ...


Item = TypeVar("Item", bound=Row)
Change = Callable[[], object]


def at_once(changes: Iterable[Change]) -> None:
    """Make changes by functions that are written in C: no interrupt comes between two of them."""
    # Python looks for signals, and switches threads, between two steps of Python code alone.
    deque(map(call, changes), maxlen=0)


class ListQuery(BaseModel):
    """The query of any list; a subclass adds a field for each filter."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    limit: Limit = 1000
    offset: Offset = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its rows as JSON, and the `count` that is answered with it."""

    rows: Sequence[bytes]
    count: int


class Store(Generic[Item]):
    """The resources of one kind in one project, by id.

    A view (what a query matches, as JSON) is computed once and kept until the next write.
    """

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
        at_once([self.putting(items)])

    def putting(self, items: Iterable[Item]) -> Change:
        """What puts items, for `at_once`; views are forgotten already."""
        new = {item.key: item for item in items}
        self._own()
        self._forget_order()
        return partial(self._items.update, new)

    def copy(self) -> "Store[Item]":
        """An independent store with the same contents, which are shared until one is written to."""
        twin: Store[Item] = Store()
        twin._items, twin._ordered = self._items, self._ordered
        twin._views, twin._rows = dict(self._views), self._rows
        self._shared = twin._shared = True
        return twin

    def removing(self, items: Iterable[Item]) -> list[Change]:
        """What removes items of the store, for `at_once`."""
        self._own()
        self._forget_order()
        return [partial(self._items.pop, item.key) for item in items]

    def ordered(self) -> tuple[Item, ...]:
        """All items by descending rank: newest first, ties by id."""
        if self._ordered is None:
            self._ordered = tuple(
                sorted(self._items.values(), key=lambda item: item.rank, reverse=True)
            )
        return self._ordered

    def view(
        self, key: Hashable, select: Callable[[Iterable[Item]], Iterable[Item]]
    ) -> list[bytes]:
        """The JSON of the items that `select` leaves, in order; the view is kept under `key`."""
        view = self._views.get(key)
        if view is None:
            view = [item.wire_json for item in select(self.ordered())]
            self._views[key] = view
            self._rows += len(view)
            while len(self._views) > KEPT_VIEWS or (
                self._rows > KEPT_ROWS and len(self._views) > 1
            ):
                self._rows -= len(self._views.pop(next(iter(self._views))))
        return view

    def _own(self) -> None:
        """Stop sharing the items with a copy."""
        if self._shared:
            self._items, self._shared = dict(self._items), False

    def _forget_order(self) -> None:
        self._ordered = None
        self._views.clear()
        self._rows = 0


def paginate(view: Sequence[bytes], query: ListQuery, behavior: Behavior) -> Listing:
    """The page of a view that a query asks for."""
    require(query.limit or behavior.limit_zero == "empty", INVALID_LIMIT)
    rows = view[query.offset : query.offset + query.limit]
    return Listing(rows, len(view) if behavior.count == "total" else len(rows))
