"""Which addresses the application talks to."""

import ipaddress

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from tiktoksync.errors import ConfigError

#: IPv4 addresses as a network without IPv4 writes them.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_url(url: str) -> None:
    """Refuse everything but https, and http on the own machine."""
    parts = _parse(url)
    if parts is None or not parts.host or parts.auth or parts.scheme not in {"http", "https"}:
        raise ConfigError("A platform address in the settings is not a usable web address.")
    if parts.scheme == "http" and not _is_loopback_host(parts.host):
        raise ConfigError(
            "A platform address must begin with https:// (plain http is for this machine only).",
            detail=without_query(url),
        )


def is_loopback_url(url: str) -> bool:
    parts = _parse(url)
    return bool(parts and parts.host and not parts.auth and _is_loopback_host(parts.host))


def is_public(host: str) -> bool:
    """Whether an address is one of the open internet; a name that is no address counts as one.

    An IPv4 address that travels inside an IPv6 one is judged by itself.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = inner or address
    return address.is_global and not address.is_multicast


def without_query(url: str) -> str:
    """The address for logs: query and user part may be secrets."""
    parts = _parse(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path or ''}" if parts else "(unreadable address)"


def host_key(url: str) -> str:
    """What tells one server from another: host and port, lower-case."""
    parts = _parse(url)
    return (parts.netloc or "").lower() if parts else ""


def _parse(url: str) -> Url | None:
    """Read the address with the parser that also makes the connection, so both see one host."""
    try:
        return parse_url(url)
    except LocationParseError:
        return None


def _is_loopback_host(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
