"""Other machines' clocks, learned from the ``Date`` header of their answers."""

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tiktoksync.lib.http_address import host_key

#: A header has whole seconds and travels a while: less than this is noise, not skew.
NOISE_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 3600.0
_SECONDS = re.compile(r"-?[0-9]{1,12}(\.[0-9]{0,6})?", re.ASCII)

_skew: dict[str, float] = {}


def platform_time(url: str) -> float:
    """Unix seconds on the clock of the host behind ``url``; our own until it has answered."""
    return time.time() + _skew.get(host_key(url), 0.0)


def learn(url: str, headers: Mapping[str, str]) -> None:
    """Remember how far the answering clock is from ours. A cached answer says nothing."""
    stamp = _http_date(headers.get("Date", ""))
    if stamp is None or headers.get("Age", "0").strip() not in {"", "0"}:
        return
    difference = stamp + 0.5 - time.time()
    _skew[host_key(url)] = difference if abs(difference) >= NOISE_SECONDS else 0.0


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After``: whole or broken seconds, or a date on the sender's clock."""
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        moment = _http_date(text)
        if moment is None:
            return None
        seconds = moment - (_http_date(headers.get("Date", "")) or time.time())
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _http_date(text: str) -> float | None:
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
