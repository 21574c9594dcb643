"""Pictures of products that do not exist, from a server of their own, as a platform's would be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHAPES = (
    "<path d='M30 34l14-8q6 8 12 0l14 8 8 16-12 4v30H34V54l-12-4z'/>",
    "<path d='M28 32h36v40q0 8-8 8H36q-8 0-8-8zM64 42h8q8 0 8 10t-8 10h-8'/>",
    "<rect x='26' y='22' width='48' height='58' rx='8'/>",
    "<path d='M24 66q0-34 26-34t26 34z'/><rect x='20' y='64' width='60' height='14' rx='7'/>",
    "<rect x='34' y='34' width='32' height='46' rx='5'/><path d='M50 20q8 8 0 14q-8-6 0-14z'/>",
    "<path d='M26 42h48l-4 40H30zM38 42q0-18 12-18t12 18'/>",
)


class Painter(BaseHTTPRequestHandler):
    """Answers /NUMBER.svg with a calm picture, another one for each number."""

    def do_GET(self) -> None:
        name = self.path.strip("/").removesuffix(".svg")
        picture = paint(int(name) if name.isdecimal() else 0).encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)

    def log_message(self, *_: object) -> None:
        """Nobody wants to read it."""


def paint(number: int) -> str:
    """A shape on a ground of one colour."""
    hue = number * 47 % 360
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100' width='200' height='200'>"
        f"<rect width='100' height='100' fill='hsl({hue},38%,88%)'/>"
        f"<g fill='hsl({hue},34%,46%)' stroke='hsl({hue},34%,38%)' stroke-width='2'>"
        f"{SHAPES[number % len(SHAPES)]}</g></svg>"
    )


@contextmanager
def painted() -> Iterator[str]:
    """The address of a server of pictures, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Painter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
