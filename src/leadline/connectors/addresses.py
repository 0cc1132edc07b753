"""Where a call may go: names are resolved once, checked, and connected to as checked.

So a name cannot say a public address to the check and a private one to the socket, and no
file of a project reaches what is behind our own fence unless it says so.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio

RESOLVE_S = 5.0
MOST_ADDRESSES = 4
"""So many addresses of one name are tried before it counts as unreachable."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server as a file names it; ``prefix`` is the path that every request begins with."""

    scheme: str
    host: str
    port: int
    prefix: str

    @property
    def host_header(self) -> str:
        """The Host of a request."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        own = 443 if self.scheme == "https" else 80
        return name if self.port == own else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """An address that is not called, and why."""

    reason: str


def read_target(base_url: str) -> Target | Forbidden:
    """Read the address of a server."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return Forbidden("base_url is no address of a server")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return Forbidden("base_url is no address of a server: it begins with https://")
    if parts.username is not None or parts.password is not None:
        return Forbidden("base_url holds a password: secrets stand under secrets")
    own = 443 if parts.scheme == "https" else 80
    return Target(parts.scheme, parts.hostname, port or own, parts.path.rstrip("/"))


async def resolve(
    host: str, port: int, *, allow_private: bool, encrypted: bool
) -> tuple[str, ...] | Forbidden:
    """Return the addresses of a host that may be called, in the order to try them.

    One forbidden address forbids the host. ``encrypted`` False: only a private network, which
    must be allowed, is trusted with a secret in the clear.
    """
    try:
        with anyio.fail_after(RESOLVE_S):
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a time-out is an OSError
        return Forbidden(f'"{host}" has no address')
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    public = [is_public(address) for address in addresses]
    if not all(public) and not allow_private:
        return Forbidden(
            f'"{host}" is a private address; say allow_private in the system\'s file if it may be'
        )
    if any(public) and not encrypted:
        return Forbidden(f'"{host}" would get the secret unencrypted: write https, or tls for mail')
    return addresses[:MOST_ADDRESSES]


def is_public(address: str) -> bool:
    """Whether an address lies in the open internet; one hidden inside another counts as itself.

    >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found.is_global and not found.is_multicast


def is_loopback(host: str) -> bool:
    """Whether a host is written as this machine itself.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("acme.example")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_literal(host: str) -> bool:
    """Whether a host is written as an address, or as this machine: nobody else can answer."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return True


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
