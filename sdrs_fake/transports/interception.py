"""Interception: requests of urllib3, `requests` and httpx to certain hosts are answered in process.

It patches public methods that every request passes, also those of clients that exist already.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fnmatch import translate
from importlib.util import find_spec

from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.transports.in_process import InProcessServer

CLOUD = ("sdrs.*.myhuaweicloud.com", "iam.*.myhuaweicloud.com", "iam.myhuaweicloud.com")
"""The hosts of the cloud's own SDRS and IAM."""

_HOST = re.compile(r"[A-Za-z0-9_.*?:\[\]!-]+")


@contextmanager
def intercepting(server: InProcessServer, hosts: Sequence[str] = ()) -> Iterator[None]:
    """Send requests to the cloud's hosts and `hosts` to the server, in all threads.

    ModuleNotFoundError where neither urllib3 nor httpx is installed.
    """
    for host in hosts:
        if not isinstance(host, str) or not _HOST.fullmatch(host):
            raise ParameterError(
                "hosts",
                f"{shown(host)} should be a host or a pattern of hosts, such as sdrs.*.example.com"
                " or 127.0.0.1:8080",
            )
    matches = _Hosts((*CLOUD, *hosts))
    has_httpx = find_spec("httpx") is not None
    with ExitStack() as stack:
        if not has_httpx or find_spec("urllib3") is not None:
            from sdrs_fake.transports.urllib3_interception import urllib3_patch

            stack.callback(urllib3_patch(server, matches).end)
        if has_httpx:
            from sdrs_fake.transports.httpx_interception import httpx_patches

            for patch in httpx_patches(server, matches):
                stack.callback(patch.end)
        yield


class _Hosts:
    """The patterns of hosts that are intercepted."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._pattern = re.compile("|".join(translate(host.lower()) for host in patterns))

    def __call__(self, scheme: str, host: str, port: int | None) -> bool:
        """Whether a pattern matches the host alone, or with its port."""
        name = host.lower().rstrip(".")
        names = (name, f"{name}:{port or {'https': 443}.get(scheme, 80)}")
        return any(map(self._pattern.match, names))
