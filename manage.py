#!/usr/bin/env python
"""Django's command line; configuration mistakes are told in one sentence, without a traceback."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiktoksync.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:
        sys.stderr.write(f"TikTokSync is not configured: {mistake}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
