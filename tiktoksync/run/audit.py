"""Asks the advisory service about known weaknesses of what is installed.

Exit code 1 if there are any. A machine that cannot reach the service is told so and passes: the
answer would say nothing about the code.
"""

import json
import subprocess
import sys
from typing import Any

SECONDS = 180
COMMAND = ["pip_audit", "--local", "--format", "json", "--progress-spinner", "off"]


def report(dependencies: list[dict[str, Any]]) -> tuple[int, str]:
    """The exit code and what to say about pip-audit's list of dependencies."""
    audited = [found for found in dependencies if "vulns" in found]
    weak = [found for found in audited if found["vulns"]]
    if not audited:
        return 0, "audit: NOT done, the advisory service knows none of the packages from here"
    if not weak:
        return 0, f"audit: no known weakness in {len(audited)} packages"
    lines = [
        f"audit: {found['name']} {found['version']}: {flaw['id']}, mended in "
        f"{', '.join(flaw['fix_versions']) or 'no version yet'}"
        for found in weak
        for flaw in found["vulns"]
    ]
    return 1, "\n".join(lines)


def main() -> int:
    """Run pip-audit over the installed environment."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        code, said = report(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        code, said = 0, "audit: NOT done, the advisory service is not reachable from here"
    sys.stdout.write(said + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
