"""What the domain name system says, for the two rules that may ask the network (``--dns``).

A rule takes ``Ask``, a function: records of a kind at a name; an empty tuple where there are
none, None where no server answered (nothing is known, and nothing is said of it). Tests give it a
server of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

Ask = Callable[[str, str], tuple[str, ...] | None]

TIMEOUT_S = 3.0  # for one name, all tries together
AT_ONCE = 16  # questions under way; a home router's resolver bears that


def ask_by(nameserver: str | None = None, port: int = 53) -> Ask:
    """Ask the system's own resolver, or that server."""
    # Loaded only where the network may be asked.
    import dns.exception  # noqa: PLC0415  # only with --dns
    import dns.resolver  # noqa: PLC0415  # only with --dns

    resolver = dns.resolver.Resolver(configure=nameserver is None)
    if nameserver is not None:
        resolver.nameservers = [nameserver]
        resolver.port = port
    resolver.lifetime = TIMEOUT_S

    def ask(name: str, kind: str) -> tuple[str, ...] | None:
        try:
            answer = resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, UnicodeError):
            return None
        if kind == "TXT":
            return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
        return tuple(record.to_text() for record in answer)

    return ask


def ask_all(ask: Ask, names: Iterable[str], kind: str) -> Mapping[str, tuple[str, ...] | None]:
    """The same question of many names, several at once."""
    listed = list(dict.fromkeys(names))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(ask, listed, [kind] * len(listed))
        return dict(zip(listed, answers, strict=True))
