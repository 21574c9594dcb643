"""The rules of this house that a linter cannot check: read from the source itself."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktoksync.cron import FLOWS, TIMETABLE
from tiktoksync.sync.flows import Flow

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("tiktoksync", "orders", "products")
SANDBOX = "tiktoksync/sandbox/"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
TOP_LEVEL = {
    *("tiktoksync", "orders", "products", "templates", "tests", "static", "docs", "bench", "var"),
    *(
        "manage.py",
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-browser.txt",
        "pyproject.toml",
        "Makefile",
    ),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
}
# Files that hold facts, shapes and looks: they neither call a platform nor build a client.
QUIET = re.compile(
    r"(models|views|forms|admin|policy|mapping|filters|serializers|api|presentation)(_\w+)?\.py"
)
CLIENTS = {
    "tiktoksync.tiktok.client",
    "tiktoksync.shopify.client",
    "tiktoksync.shops.services.clients",
    "tiktoksync.lib.http",
}
NETWORK = {"requests", "urllib.request", "http.client", "http.server", "socket", "socketserver"}
MAY_REACH_OUT = (SANDBOX, "tiktoksync/run/", "tiktoksync/demo/", "tiktoksync/lib/http")
WRITERS = {
    *("update", "create", "get_or_create", "update_or_create", "bulk_update", "bulk_create"),
    *("save", "aupdate", "acreate"),
}


def sources(*, sandbox: bool = True) -> list[Path]:
    """Every module of the application, migrations left out."""
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [
        path
        for path in found
        if "migrations" not in path.parts and (sandbox or not name_of(path).startswith(SANDBOX))
    ]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Every module and every `module.name` that the file imports."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_in(node: ast.AST) -> Iterator[str]:
    """The text constants below a node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def called_name(call: ast.Call) -> str:
    target = call.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def status_writes(tree: ast.Module) -> list[int]:
    """Lines that write `sync_status`: by assignment, by queryset or by constructor."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            if any(isinstance(p, ast.Attribute) and p.attr == "sync_status" for p in parts):
                lines.append(node.lineno)
        if isinstance(node, ast.Call) and writes_status(node):
            lines.append(node.lineno)
    return lines


def writes_status(call: ast.Call) -> bool:
    name = called_name(call)
    if name == "setattr":
        return any("sync_status" in names_in(argument) for argument in call.args[1:2])
    if name not in WRITERS and not name[:1].isupper():
        return False
    if name == "Q" or "Serializer" in name or name.endswith("Field"):
        return False
    if any(keyword.arg == "sync_status" for keyword in call.keywords):
        return True
    columns = [k.value for k in call.keywords if k.arg in ("defaults", "create_defaults")]
    if name == "bulk_update":
        columns += [*call.args[1:], *(k.value for k in call.keywords if k.arg == "fields")]
    return any("sync_status" in names_in(column) for column in columns)


def function_lengths(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("order.sync_status = 'held'", [1]),
        ("Order.objects.filter(pk=1).update(sync_status='held')", [1]),
        ("Order(sync_status='held')", [1]),
        ("Order.objects.bulk_update(rows, ['seen_at', 'sync_status'])", [1]),
        ("Order.objects.update_or_create(pk=1, defaults={'sync_status': 'held'})", [1]),
        ("setattr(order, 'sync_status', 'held')", [1]),
        ("Order.objects.filter(sync_status='held')", []),
        ("Q(sync_status='held')", []),
        ("move(order, 'held', actor='merchant')", []),
    ],
)
def test_the_search_for_status_writes_sees_every_way(code: str, expected: list[int]) -> None:
    assert status_writes(ast.parse(code)) == expected


def test_sync_status_is_written_in_statuses_alone() -> None:
    found = {
        f"{name_of(path)}:{line}"
        for path in sources(sandbox=False)
        for line in status_writes(tree_of(path))
        if name_of(path) != "tiktoksync/sync/statuses.py"
    }
    assert found == set()


def test_the_engine_speaks_no_vendors_word() -> None:
    vendor = re.compile(r"tiktok(?!sync)|shopify", re.IGNORECASE)
    found = {
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in (ROOT / "tiktoksync/sync").glob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if vendor.search(line)
    }
    assert found == set()


def test_facts_shapes_and_looks_build_no_client() -> None:
    found = {
        f"{name_of(path)} imports {imported}"
        for path in sources(sandbox=False)
        if QUIET.fullmatch(path.name)
        for imported in imports_of(path)
        if imported in CLIENTS
    }
    assert found == set()


def test_the_network_is_reached_through_one_door() -> None:
    found = {
        f"{name_of(path)} imports {imported}"
        for path in sources()
        if not name_of(path).startswith(MAY_REACH_OUT)
        for imported in imports_of(path)
        if imported in NETWORK
    }
    assert found == set()


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    found = {
        f"{name_of(path)}: {function}": length
        for path in sources()
        for function, length in function_lengths(tree_of(path))
        if length > LONGEST_FUNCTION
    }
    assert found == {}


def test_the_sandbox_shares_no_code_with_the_application() -> None:
    rooms = ("tiktoksync", "orders", "products", "django", "requests", "redis", "rq")
    out = {
        f"{name_of(path)} imports {imported}"
        for path in sources()
        if name_of(path).startswith(SANDBOX)
        for imported in imports_of(path)
        if imported.split(".")[0] in rooms and not imported.startswith("tiktoksync.sandbox")
        if imported != "tiktoksync"
    }
    into = {
        f"{name_of(path)} imports {imported}"
        for path in sources(sandbox=False)
        for imported in imports_of(path)
        if imported.startswith("tiktoksync.sandbox")
    }
    assert out | into == set()


def test_the_demo_plays_a_user_from_outside() -> None:
    found = {
        f"{name_of(path)} imports {imported}"
        for path in (ROOT / "tiktoksync/demo").glob("*.py")
        for imported in imports_of(path)
        if imported.split(".")[0] in ("django", "orders", "products")
        or (
            imported.startswith("tiktoksync.")
            and not imported.startswith(("tiktoksync.demo", "tiktoksync.run"))
        )
    }
    assert found == set()


@pytest.mark.parametrize("stem", FLOWS)
def test_a_flow_has_one_stem_everywhere(stem: str) -> None:
    module, _, class_name = FLOWS[stem].path.rpartition(".")
    assert module.endswith(f".services.{stem}")
    flow = getattr(importlib.import_module(module), class_name)
    assert issubclass(flow, Flow)
    assert flow.stem == stem
    commands = [path for room in ROOMS for path in (ROOT / room).rglob(f"commands/{stem}.py")]
    assert len(commands) == 1, f"manage.py {stem}"
    assert list((ROOT / "tests").rglob(f"test_{stem}*.py")), f"a test of {stem}"


def test_the_timetable_says_what_runs_and_how_often() -> None:
    assert all(seconds > 0 and callable(entry) for seconds, entry in TIMETABLE)


def test_the_top_level_holds_what_a_newcomer_expects() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert found - TOP_LEVEL == set()


def test_every_level_of_the_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert {name_of(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_what_a_template_includes_is_marked_as_a_fragment() -> None:
    included = re.compile(r"""{%-?\s*include\s+["']([^"']+)["']""")
    found = {
        f"{name_of(path)} includes {name}"
        for path in (ROOT / "templates").rglob("*.html")
        for name in included.findall(path.read_text(encoding="utf-8"))
        # What packages bring goes by their own names.
        if not name.startswith(("admin/", "mfa/")) and not Path(name).name.startswith("_")
    }
    assert found == set()


def test_templates_compare_no_statuses() -> None:
    compared = re.compile(r"""(sync_status|tiktok_status|failure_kind)\s*(==|!=|in)\s*["']""")
    found = {
        name_of(path)
        for path in (ROOT / "templates").rglob("*.html")
        if compared.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_each_graphql_document_has_a_file_of_its_own() -> None:
    start = re.compile(r"^(?:query|mutation|subscription)\b", re.MULTILINE)
    counts = {
        name_of(path): len(start.findall(path.read_text(encoding="utf-8")))
        for path in (ROOT / "tiktoksync/shopify/queries").glob("*.graphql")
    }
    assert counts
    assert {name: n for name, n in counts.items() if n != 1} == {}
