"""Which addresses the application talks to."""

import ipaddress

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from tiktoksync.errors import ConfigError


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
