"""Compares the sandbox's GraphQL schema with Shopify's own, as an npm package carries it.

Exit code 1 if the sandbox knows something that Shopify does not. Without npm, or where the package
cannot be fetched, it says so and passes: that says nothing about the schema. Nothing of the package
is kept.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = "package/dist/data/admin_2026-10.json.gz"
SECONDS = 180


def fetch(folder: Path) -> Path | None:
    """The package's introspection file; None if it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or not archives:
        return None
    return take_out(archives[0], folder)


def take_out(archive: Path, folder: Path) -> Path | None:
    """The one file that matters, out of the archive."""
    target = folder / Path(MEMBER).name
    with tarfile.open(archive) as packed:
        try:
            member = packed.extractfile(MEMBER)
        except KeyError:
            return None
        if member is None:
            return None
        with member, target.open("wb") as file:
            shutil.copyfileobj(member, file)
    return target


def main() -> int:
    """Fetch and compare."""
    with tempfile.TemporaryDirectory(prefix="tiktoksync-schema-") as name:
        found = fetch(Path(name))
        if found is None:
            sys.stdout.write(f"schema: NOT compared, {PACKAGE} cannot be fetched from here\n")
            return 0
        command = [sys.executable, "-m", "tiktoksync.sandbox.schema_check", str(found)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
