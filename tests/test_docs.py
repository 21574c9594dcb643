"""The documents name what the code has, and nothing is left untold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "tiktoksync" / "settings.py"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_names() -> set[str]:
    """Every environment variable that the settings read."""
    read_by_name = r"""\b(?:env\.|_)\w+\(\s*"([A-Z][A-Z_]+)\""""
    return set(re.findall(read_by_name, SETTINGS.read_text(encoding="utf-8")))


def own_commands() -> set[str]:
    found = ROOT.glob("*/management/commands/*.py")
    return {path.stem for path in found if not path.stem.startswith("_")}


def wanted_packages() -> set[str]:
    lines = [line.split("#")[0].strip() for line in read("requirements.txt").splitlines()]
    return {re.split(r"[\[<>=;\s]", line)[0] for line in lines if line}


def test_every_setting_is_explained() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/configuration.md"), re.MULTILINE))
    assert settings_names() - told == set()


def test_every_command_is_explained() -> None:
    told = read("docs/operations.md")
    assert {name for name in own_commands() if f"`{name}" not in told} == set()


def test_every_dependency_has_its_reason() -> None:
    told = read("docs/decisions/0002-dependencies.md").casefold()
    assert {name for name in wanted_packages() if f"**{name.casefold()}**" not in told} == set()


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_make_help_lists_every_target_a_person_calls() -> None:
    helped = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))
    assert helped >= {"demo", "demo-check", "test", "check", "openapi", "help"}
