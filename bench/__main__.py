"""`python -m bench [NAME …]`: run every measure, or the named ones."""

from __future__ import annotations

import argparse
import importlib
import sys

MEASURES = ("pace", "link_skus", "catalogue", "dashboard")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    names = parser.parse_args().names or MEASURES
    unknown = sorted(set(names) - set(MEASURES))
    if unknown:
        parser.error(f"no such measure: {', '.join(unknown)}")
    missed = [name for name in names if not importlib.import_module(f"bench.{name}").main()]
    if missed:
        print(f"targets missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
