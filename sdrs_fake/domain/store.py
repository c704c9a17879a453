"""Store: the resources of one kind by id, and the rule by which every list is answered."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, KeysView, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache, partial
from itertools import count, repeat
from operator import attrgetter, call
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.fields import Limit, Offset
from sdrs_fake.domain.refusals import INVALID_LIMIT, require

_versions = count()

KEPT_VIEWS = 256
KEPT_ROWS = 500_000
_MANY = 8


class Row(Protocol):
    """A resource: it has an id, a place in the order of its list, and its JSON."""

    @property
    def key(self) -> str: ...
    @property
    def rank(self) -> tuple[object, ...]: ...
    @property
    def wire_json(self) -> bytes: ...


class KeepsJson:
    """A resource that makes its JSON once."""

    __slots__ = ("_json",)
    _json: bytes

    @property
    def wire_json(self) -> bytes:
        """The wire fields as compact JSON in UTF-8."""
        try:
            return self._json
        except AttributeError:
            # Of plain values, which pydantic serializes without a call of Python.
            made = to_json(self._wire())
            _keep(self, made)
            return made

    # The wire fields as plain values, in the order of the sample.
    @abstractmethod
    def _wire(self) -> Mapping[str, object]: ...


_keep: Callable[[KeepsJson, bytes], None] = KeepsJson.__dict__["_json"].__set__
"""What sets the only field that changes in a frozen value."""

Item = TypeVar("Item", bound=Row)
Value = TypeVar("Value")
Change = Callable[[], object]


def at_once(changes: Iterable[Change]) -> None:
    """Make changes by functions that are written in C: no interrupt comes between two of them."""
    # Python looks for signals, and switches threads, between two steps of Python code alone.
    deque(map(call, changes), maxlen=0)


def unchecked(kind: type[Value], **values: object) -> Value:
    """A frozen dataclass with slots, of values that are right already; checks take ten times as
    long.
    """
    _, setters = _slots(kind)  # type: ignore[arg-type]  # a class is hashable
    defaults, factories = _defaults(kind)  # type: ignore[arg-type]  # as before
    twin: Value = object.__new__(kind)
    for name, make in factories.items():
        values.setdefault(name, make())
    for name, value in (defaults | values).items():
        setters[name](twin, value)
    return twin


def changed(resource: Value, **values: object) -> Value:
    """A copy of a frozen dataclass with slots and other values, which are not checked."""
    kind: type[Any] = type(resource)
    read, setters = _slots(kind)  # type: ignore[arg-type]  # a class is hashable
    twin: Value = object.__new__(kind)
    # By functions that are written in C, which takes a third of the time of a loop.
    deque(map(call, setters.values(), repeat(twin), read(resource)), maxlen=0)
    for name, value in values.items():
        setters[name](twin, value)
    return twin


def all_changed(resources: Sequence[Value], **columns: Iterable[object]) -> list[Value]:
    """Copies of values of one class; `columns` has the values of each field that is not the same.

    As `changed`, in a third of the time where there are many: it goes field by field.
    """
    if len(resources) < _MANY:
        rows = zip(resources, *columns.values(), strict=False)  # a column may be endless
        return [changed(each, **dict(zip(columns, row, strict=True))) for each, *row in rows]
    kind: type[Any] = type(resources[0])
    _, setters = _slots(kind)  # type: ignore[arg-type]  # a class is hashable
    twins: list[Value] = list(map(object.__new__, repeat(kind, len(resources))))
    for name, set_ in setters.items():
        values = columns[name] if name in columns else map(attrgetter(name), resources)
        deque(map(set_, twins, values), maxlen=0)
    return twins


@cache
def _defaults(kind: type) -> tuple[dict[str, object], dict[str, Callable[[], object]]]:
    """The defaults of the fields of a class, and what makes those that are not shared."""
    given = fields(kind)
    return (
        {each.name: each.default for each in given if each.default is not MISSING},
        {each.name: each.default_factory for each in given if callable(each.default_factory)},
    )


@cache
def _slots(kind: type) -> tuple[Callable[[object], Any], dict[str, Callable[..., Any]]]:
    """What reads all fields of a class at once, and what sets each of them."""
    names = [each.name for each in fields(kind)]
    return attrgetter(*names), {name: kind.__dict__[name].__set__ for name in names}


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
    `names_of` are further ids by which an item is found: it has the same as long as it exists.
    """

    def __init__(self, names_of: Callable[[Item], Iterable[str]] | None = None) -> None:
        self._names_of = names_of
        self._by_name: dict[str, str] = {}
        self._items: dict[str, Item] = {}
        self._ordered: tuple[Item, ...] | None = None
        self._views: dict[Hashable, list[bytes]] = {}
        self._rows = 0
        self._shared = False
        self.version = next(_versions)
        """A number that no store had before its last write."""

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> KeysView[str]:
        return self._items.keys()

    def get(self, key: str) -> Item | None:
        return self._items.get(key)

    def named(self, name: str) -> Item | None:
        """The item that has this among its further ids."""
        return self._items.get(self._by_name.get(name, ""))

    def put(self, items: Iterable[Item]) -> None:
        at_once([self.putting({item.key: item for item in items})])

    def putting(self, items: Mapping[str, Item]) -> Change:
        """What puts items by their keys, for `at_once`; views are forgotten already."""
        self._own()
        self._forget_order()
        putting = partial(self._items.update, items)
        if self._names_of is None:
            return putting
        new = [key for key in items if key not in self._items]
        names = {name: key for key in new for name in self._names_of(items[key])}
        naming = partial(self._by_name.update, names)
        return partial(deque, map(call, (putting, naming)), 0)  # as `at_once` makes changes

    def copy(self) -> "Store[Item]":
        """An independent store with the same contents, which are shared until one is written to."""
        twin: Store[Item] = Store(self._names_of)
        twin._items, twin._ordered = self._items, self._ordered
        twin._by_name = self._by_name
        twin.version = self.version
        twin._views, twin._rows = dict(self._views), self._rows
        self._shared = twin._shared = True
        return twin

    def removing(self, items: Iterable[Item]) -> list[Change]:
        """What removes items of the store, for `at_once`."""
        self._own()
        self._forget_order()
        gone = list(items)
        names = [name for item in gone for name in (self._names_of or _no_names)(item)]
        return [
            *[partial(self._items.pop, item.key) for item in gone],
            *[partial(self._by_name.pop, name, None) for name in names],
        ]

    def ordered(self) -> tuple[Item, ...]:
        """All items by descending rank: newest first, ties by id."""
        if self._ordered is None:
            self._ordered = tuple(
                sorted(self._items.values(), key=attrgetter("rank"), reverse=True)
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
            self._items, self._by_name = dict(self._items), dict(self._by_name)
            self._shared = False

    def _forget_order(self) -> None:
        self._ordered = None
        self._views.clear()
        self._rows = 0
        self.version = next(_versions)


def _no_names(_item: object) -> Iterable[str]:
    return ()


class SharedIds:
    """A set of ids, which is shared with its copies until one of them is written to."""

    def __init__(self, ids: set[str] | None = None) -> None:
        self._ids: set[str] = set() if ids is None else ids
        self._shared = ids is not None

    def __contains__(self, key: object) -> bool:
        return key in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def copy(self) -> "SharedIds":
        self._shared = True
        return SharedIds(self._ids)

    def adding(self, ids: Iterable[str]) -> Change:
        """What adds ids, for `at_once`."""
        return partial(self._own().update, ids)

    def removing(self, ids: Iterable[str]) -> Change:
        """What removes ids, for `at_once`."""
        return partial(self._own().difference_update, ids)

    def _own(self) -> set[str]:
        """The ids, which are not shared any more."""
        if self._shared:
            self._ids, self._shared = set(self._ids), False
        return self._ids


def paginate(view: Sequence[bytes], query: ListQuery, behavior: Behavior) -> Listing:
    """The page of a view that a query asks for."""
    is_served = query.limit or behavior.limit_zero == "empty"
    require(is_served, INVALID_LIMIT, "limit: 0 should be 1 or more")
    rows = view[query.offset : query.offset + query.limit]
    return Listing(rows, len(view) if behavior.count == "total" else len(rows))
