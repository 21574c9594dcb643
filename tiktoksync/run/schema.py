"""Holds this repository's GraphQL against Shopify's own schema, as an npm package carries it.

Three proofs: the sandbox's schema is a subset of the newest supported version, every document the
application sends is valid in that version and in the one before, and the scopes it asks merchants
for are enough for all of them. Exit code 1 if one fails. Where the package cannot be fetched
nothing is proven: in CI that is a failure, elsewhere it is said. Nothing of the package is kept.
"""

import ast
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tiktoksync.run.schema_access import Need, grant
from tiktoksync.run.schema_documents import (
    Admin,
    find_deprecated,
    find_faults,
    find_needs,
    read_admin,
    read_documents,
)

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "tiktoksync/settings.py"
SUBSCRIBE = ROOT / "tiktoksync/shops/services/subscribe.py"
QUERIES = ROOT / "tiktoksync/shopify/queries"
PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = "package/dist/data/admin_{version}.json.gz"
SECONDS = 180


def read_default(name: str, path: Path = SETTINGS) -> str:
    """What a setting is when the environment says nothing: the second argument of its reader."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and len(node.args) == 2:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value == name:
                return str(ast.literal_eval(node.args[1]))
    raise LookupError(f"{path.name} gives {name} no default")


def read_topics(path: Path = SUBSCRIBE) -> list[str]:
    """The webhook topics that the application subscribes to."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SHOPIFY_TOPICS":
            return list(ast.literal_eval(node.value))
    raise LookupError(f"{path.name} names no SHOPIFY_TOPICS")


def version_before(version: str) -> str:
    """The release of the quarter before."""
    year, month = map(int, version.split("-"))
    return f"{year - 1}-10" if month == 1 else f"{year}-{month - 3:02d}"


def fetch(folder: Path, versions: Iterable[str]) -> list[Path] | None:
    """The package's introspection of each version; None if one cannot be had."""
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
    found = [take_out(archives[0], folder, version) for version in versions]
    files = [path for path in found if path is not None]
    return files if len(files) == len(found) else None


def take_out(archive: Path, folder: Path, version: str) -> Path | None:
    """The one file that matters, out of the archive."""
    name = MEMBER.format(version=version)
    target = folder / Path(name).name
    with tarfile.open(archive) as packed:
        try:
            member = packed.extractfile(name)
        except KeyError:
            return None
        if member is None:
            return None
        with member, target.open("wb") as file:
            shutil.copyfileobj(member, file)
    return target


def check(admins: list[Admin], documents: dict[str, str], topics: list[str], scopes: str) -> int:
    """Hold the documents, topics and scopes against each version; tells, and counts the faults."""
    faults = 0
    for admin in admins:
        found = list(find_faults(admin, documents))
        found += [f"{admin.version}: no webhook {one}" for one in topics if one not in admin.topics]
        if not found:
            needs = collect_needs(admin, documents, topics)
            tell([f"scopes needed in {admin.version}:", *scope_lines(needs, grant(scopes))])
            found = [
                f"{admin.version}: {need}, and SHOPIFY_SCOPES asks for none ({', '.join(users)})"
                for need, users in needs.items()
                if not need.is_met(grant(scopes))
            ]
            tell(f"note: {line}" for line in find_deprecated(admin, documents))
        tell(found)
        counted = f"{len(documents)} documents, {len(topics)} webhook topics"
        tell([f"documents against {admin.version}: {counted}: {len(found)} differences"])
        faults += len(found)
    return faults


def collect_needs(
    admin: Admin, documents: dict[str, str], topics: list[str]
) -> dict[Need, list[str]]:
    """Every need of the documents and of the webhook topics, with who has it."""
    needs = find_needs(admin, documents)
    for topic in topics:
        need = admin.topics[topic]
        if need is not None:
            needs.setdefault(need, []).append(topic)
    return needs


def scope_lines(needs: Iterable[Need], granted: set[str]) -> list[str]:
    """One line a scope that is granted: what it opens for us."""
    opened: dict[str, set[str]] = {}
    for need in needs:
        for scope in [one for one in need.any_of if one in granted][:1]:
            opened.setdefault(scope, set()).add(need.place)
    return [f"  {scope}: {', '.join(sorted(places))}" for scope, places in sorted(opened.items())]


def tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def compare(files: list[Path], versions: list[str]) -> int:
    """The exit code over the fetched introspections, newest first."""
    command = [sys.executable, "-m", "tiktoksync.sandbox.schema_check", str(files[0])]
    subset = subprocess.run(command, cwd=ROOT, check=False).returncode
    admins = [read_admin(path, version) for path, version in zip(files, versions, strict=True)]
    scopes = read_default("SHOPIFY_SCOPES")
    faults = check(admins, read_documents(QUERIES), read_topics(), scopes)
    good = subset == 0 and faults == 0
    tell([f"schema: {'0 differences' if good else 'there are differences, see above'}"])
    return 0 if good else 1


def main() -> int:
    """Fetch and compare."""
    newest = read_default("SHOPIFY_API_VERSION")
    versions = [newest, version_before(newest)]
    with tempfile.TemporaryDirectory(prefix="tiktoksync-schema-") as name:
        files = fetch(Path(name), versions)
        if files is None:
            tell([f"schema: NOT compared, {PACKAGE} cannot be fetched from here"])
            return 1 if os.environ.get("CI") == "true" else 0
        return compare(files, versions)


if __name__ == "__main__":
    sys.exit(main())
