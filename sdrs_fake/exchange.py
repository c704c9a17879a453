"""What goes in and what comes out: a Call, a Reply, and the operations between them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdrs_fake.domain.listing import Listing
from sdrs_fake.domain.world import Project


@dataclass(slots=True)
class Call:
    """A request, HTTP left behind.

    `target` is path and query as they were asked for, `path` and `query` what they say; of a repeated
    parameter the first value counts. Header names are in lower case. `root` is the url that the path is
    below, and `mount` the path of that, where the app itself is mounted. `operation` and `arguments`, the
    ids in the path, are known once the route is found.
    """

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    mount: str = ""
    root: str = ""
    operation: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    """An answer: status, headers, and the body as it was sent, unless a journal has `cut` it since.

    A note is for the journal alone.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    note: str = ""

    @classmethod
    def page(cls, name: str, listing: Listing) -> "Reply":
        """200 with `{"count": n, name: [...]}`, joined from rows that are JSON already."""
        return cls(200, b'{"count":%d,"%b":[%b]}' % (listing.counted, name.encode(), b",".join(listing.rows)))

    @classmethod
    def of(cls, status: int, content: object, headers: Mapping[str, str] | None = None) -> "Reply":
        return cls(status, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), dict(headers or {}))

    @property
    def json(self) -> Any:
        """The body, parsed; None when there is none."""
        return json.loads(self.body) if self.body else None


Operation = Callable[[Project, Call], Reply]
