"""Loopback addresses: which hosts can be reached from this machine alone."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether a host is `localhost` or a loopback address.

    Names are not resolved: whoever owns a name can point it at any address.
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def resolves_to_loopback(host: str) -> bool:
    """Whether a server that listens on a host can be reached from this machine alone.

    OSError or UnicodeError for a host that does not resolve.
    """
    if not host:  # every address
        return False
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.getaddrinfo(host, None, family=family)
    return bool(found) and all(is_loopback(str(info[4][0])) for info in found)
