"""Which addresses are of this machine alone."""

import ipaddress
import socket


def is_loopback(text: str) -> bool:
    """Is it `localhost` or an address of the loopback? Nothing is looked up: a name can be made to
    lead anywhere.
    """
    if text == "localhost":
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def stays_here(host: str) -> bool:
    """Is a server that listens there reached from this machine alone? Not one that listens
    everywhere or nowhere.
    """
    try:
        addresses = {
            str(info[4][0]) for info in socket.getaddrinfo(host, None, family=socket.AF_INET)
        }
    except (OSError, UnicodeError):
        return False
    return bool(addresses) and all(map(is_loopback, addresses))
