"""Says whether a PostgreSQL and a Redis answer: `probe.py DATABASE_URL REDIS_URL`.

Exit code 0 if both do, and the DATABASE_URL for a test run of this checkout, so that two checkouts
can be tested on one server at a time; otherwise 1 and a line that names what is missing.
"""

import socket
import sys
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 3


def why_no_database(url: str) -> str:
    """An empty text if a PostgreSQL lets us in."""
    try:
        psycopg.connect(url, connect_timeout=SECONDS).close()
    except psycopg.Error as error:
        return f"no PostgreSQL: {str(error).strip().splitlines()[-1]}"
    return ""


def why_no_redis(url: str) -> str:
    """An empty text if a Redis-compatible server answers."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 6379), SECONDS) as line:
            line.sendall(b"PING\r\n")
            # A server that asks for a password first is there as well.
            answered = line.recv(16)[:1] in (b"+", b"-")
    except OSError as error:
        return f"no Redis: {error}"
    return "" if answered else "no Redis: something else listens there"


def url_of_this_checkout(url: str, root: Path = ROOT) -> str:
    """The same server with a database name of this checkout's own.

    The database need not exist: the test run makes its own, whose name is derived from it.
    """
    name = f"/tiktoksync_{zlib.crc32(str(root).encode()):08x}"
    return urlsplit(url)._replace(path=name).geturl()


def main(arguments: list[str]) -> int:
    """Ask both."""
    database_url, redis_url = arguments
    missing = [why for why in (why_no_database(database_url), why_no_redis(redis_url)) if why]
    for line in missing or [url_of_this_checkout(database_url)]:
        sys.stdout.write(line + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
