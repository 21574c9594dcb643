"""`python -m bench.furnish [--orders N] [--seed N]`: furnish the database of the environment."""

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    """Migrate the database, make the merchant and all that belongs to it; says what it made."""
    parser = argparse.ArgumentParser(prog="bench.furnish", description=__doc__)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiktoksync.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bench.furnish.rooms import furnish

    began = time.monotonic()
    desk = furnish(given.orders, given.seed)
    took = time.monotonic() - began
    print(f"{desk.merchant}: {given.orders} orders, seed {given.seed}, {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
