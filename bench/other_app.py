"""Another process of the same app at the same store, which knows nothing of our bucket.

`python -m bench.other_app URL TOKEN POINTS_A_SECOND SEED`: calls of 11 points at random moments,
whether or not they are refused, until it is stopped.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
from urllib.parse import urlsplit

POINTS = 11
QUERY = "query OtherApp { " + " ".join(f"s{n}: shop {{ id }}" for n in range(POINTS)) + " }"


def main(url: str, token: str, points: float, seed: int) -> None:
    parts, moments = urlsplit(url), random.Random(seed)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port)
    headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": token}
    body, due = json.dumps({"query": QUERY}), time.monotonic()
    while True:
        line.request("POST", parts.path, body, headers)
        line.getresponse().read()
        due += moments.expovariate(points / POINTS)
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
