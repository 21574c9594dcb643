"""A server that answers with exactly the bytes it is told, as badly as it is told."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[socket.socket, bytes], None]


class RawServer:
    """Answers the n-th request with the n-th behaviour (the last one repeats)."""

    def __init__(self, *behaviours: Behaviour, keep_alive: bool = False) -> None:
        self.behaviours = behaviours
        self.keep_alive = keep_alive
        self.requests: list[bytes] = []
        self.connections = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def wait(self, seconds: float) -> bool:
        """Pause a behaviour; True when the test is over and it should give up."""
        return self._stop.wait(seconds)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while True:
                request = read_request(connection)
                if not request:
                    return
                with self._lock:
                    index = min(len(self.requests), len(self.behaviours) - 1)
                    self.requests.append(request)
                behaviour = self.behaviours[index]
                if isinstance(behaviour, Answer) and not self.keep_alive:
                    behaviour = behaviour.as_the_last
                try:
                    behaviour(connection, request)
                except OSError:
                    return
                if not self.keep_alive:
                    return


def read_request(connection: socket.socket) -> bytes:
    """One whole request, body included; empty when the client has gone."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            data += _more(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += _more(connection)
    except OSError:
        return b""
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionError
    return chunk


@contextmanager
def serving(*behaviours: Behaviour, keep_alive: bool = False) -> Iterator[RawServer]:
    server = RawServer(*behaviours, keep_alive=keep_alive)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)


class Answer:
    """A complete, well-formed answer."""

    def __init__(self, head: str, body: bytes) -> None:
        self._head = head
        self._body = body

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        connection.sendall(self._head.encode() + b"\r\n\r\n" + self._body)

    def as_the_last(self, connection: socket.socket, request: bytes) -> None:
        """Say that the connection ends here: a client that reuses it in that instant would lose
        its next request."""
        Answer(f"{self._head}\r\nConnection: close", self._body)(connection, request)


def answer(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """A complete, well-formed answer. Header names: underscores stand for hyphens."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Answer("\r\n".join(lines), body)


def raw(data: bytes) -> Behaviour:
    """Send these bytes, then close."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(data)

    return behave


def hang_up(connection: socket.socket, request: bytes) -> None:
    """Read the request, close without a word."""
    raise ConnectionAbortedError


def reset(connection: socket.socket, request: bytes) -> None:
    """Read the request, then reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def half_close(connection: socket.socket, request: bytes) -> None:
    """Begin an answer, then close our half while the client still waits for the rest."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
    connection.shutdown(socket.SHUT_WR)


def drip(data: bytes, server_holder: list[RawServer], seconds: float = 0.05) -> Behaviour:
    """Send one byte at a time, for longer than any deadline of the tests."""

    def behave(connection: socket.socket, request: bytes) -> None:
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if server_holder[0].wait(seconds):
                return

    return behave


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
