"""Connections that keep a total deadline and know whether anything was sent.

``requests`` bounds each read, not the call: a server that drips one byte a second, in the headers
or in the body, holds a thread for ever. Here every read from the socket gets what is left of the
deadline. And whether a request left this machine decides what a failure means, so the connection
notes it instead of guessing from the kind of exception.
"""

import http.client
import io
import logging
import socket
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from tiktoksync.errors import Rejected
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.http_address import is_public

# Token addresses carry the app's secret in their query, and urllib3 logs whole addresses.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

PRIVATE_ADDRESS = "The address of a file leads into a private network."

_state = threading.local()


def begin(ends: float) -> None:
    """Start one attempt on this thread; ``ends`` is on the monotonic clock."""
    _state.ends = ends
    _state.phase = "idle"
    _state.answer_begun = False


def end() -> None:
    _state.ends = 0.0


def phase() -> str:
    """How far the attempt came: idle, connecting (nothing was sent) or sent."""
    return str(getattr(_state, "phase", "idle"))


def answer_begun() -> bool:
    """Whether at least one byte of an answer came."""
    return bool(getattr(_state, "answer_begun", False))


def _time_left() -> float:
    """Seconds until the deadline; TimeoutError once it has passed, and outside an attempt."""
    left: float = getattr(_state, "ends", 0.0) - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline passed")
    return left


class _BoundedReader(io.RawIOBase):
    """The socket's reading side; each read waits no longer than the deadline allows."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_time_left())
        count = self._raw.readinto(buffer)
        if count:
            _state.answer_begun = True
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedHTTPResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_BoundedReader(raw, sock))
        reach("sent")


class _Noting:
    """Notes what the connection does for the attempt that uses it."""

    def connect(self) -> None:
        _state.phase = "connecting"
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()
        self.sock.settimeout(_time_left())  # type: ignore[attr-defined]
        _state.phase = "sent"
        super().send(data)  # type: ignore[misc]


class _Connection(_Noting, HTTPConnection):
    response_class = _BoundedHTTPResponse


class _SecureConnection(_Noting, HTTPSConnection):
    response_class = _BoundedHTTPResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Guarded:
    """Talks to public addresses only, whatever the name of the host stands for.

    The address is looked at after the connection is made and before anything is sent over it: a
    look-up beforehand could be answered differently the second time. Through a proxy it is the
    proxy that connects, so only a host written as an address is looked at.
    """

    def _new_conn(self) -> socket.socket:
        through_proxy = bool(self.proxy)  # type: ignore[attr-defined]
        if through_proxy and not is_public(str(self.host)):  # type: ignore[attr-defined]
            raise _private()
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        if not through_proxy and not is_public(str(sock.getpeername()[0])):
            sock.close()
            raise _private()
        return sock


def _private() -> Rejected:
    return Rejected(PRIVATE_ADDRESS, code="private_address")


class _GuardedConnection(_Guarded, _Connection):
    pass


class _GuardedSecureConnection(_Guarded, _SecureConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _GuardedSecureConnection


#: For ``PoolManager.pool_classes_by_scheme``.
POOL_CLASSES = {"http": _Pool, "https": _SecurePool}
#: The same for addresses that a platform's data names, not our settings.
PUBLIC_POOL_CLASSES = {"http": _GuardedPool, "https": _GuardedSecurePool}
