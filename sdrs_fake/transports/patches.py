"""Patch: a public method of a client library that is replaced for a while.

Patches of one method may end in any order: one that ends beneath another stays in the chain,
inactive, until that one ends. This module keeps no state but its lock.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from sdrs_fake.domain.forks import renew_in_child

_PATCH = "__sdrs_fake_patch__"


class _Patching:
    """The lock under which methods are replaced, one after the other."""

    def __init__(self) -> None:
        self.after_fork()
        renew_in_child(self)

    def after_fork(self) -> None:
        self.lock = Lock()


_PATCHING = _Patching()


class Patch:
    """One replacement of a method, from now until `end`.

    `wrap` is given this patch, and makes the function that takes the place of its `original`.
    """

    def __init__(
        self, owner: type, name: str, wrap: "Callable[[Patch], Callable[..., Any]]"
    ) -> None:
        self.active = True
        self._owner, self._name = owner, name
        with _PATCHING.lock:
            self.original: Callable[..., Any] = getattr(owner, name)
            self._wrapper = wrap(self)
            setattr(self._wrapper, _PATCH, self)
            setattr(owner, name, self._wrapper)

    def end(self) -> None:
        """Take off the outermost wrapper if its patch ended, and those beneath it that did."""
        with _PATCHING.lock:
            self.active = False
            while (outermost := self._outermost()) and not outermost.active:
                setattr(self._owner, self._name, outermost.original)

    def _outermost(self) -> "Patch | None":
        """The patch that is called first; None where the library or another's patch is.

        Another patch may carry our attribute too: functools.wraps copies it.
        """
        method = getattr(self._owner, self._name)
        outermost: Patch | None = getattr(method, _PATCH, None)
        return outermost if outermost and outermost._wrapper is method else None  # noqa: SLF001
