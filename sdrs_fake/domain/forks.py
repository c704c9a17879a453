"""Forked processes: what a child makes anew, since the threads that used it are the parent's."""

import os
from typing import Protocol
from weakref import WeakSet


class Renewed(Protocol):
    """What has locks or sockets."""

    def after_fork(self) -> None:
        """Make them anew, in the child of a fork."""


_ALL: WeakSet[Renewed] = WeakSet()


def renew_in_child(each: Renewed) -> None:
    """Call `after_fork` in the child of each fork, as long as the object exists."""
    _ALL.add(each)


def _renew_all() -> None:
    for each in list(_ALL):
        each.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
