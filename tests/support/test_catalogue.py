"""The failure catalogue: every code of every table has its line, with all that a line needs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from orders import backfill, parcel_words
from orders.failure_words import CODE_FIXES
from orders.policy_reasons import SENTENCES, BlockReason
from products import import_words, link_words, listing_words, upload_words
from tiktoksync.failures import every_failure
from tiktoksync.lib.error_rows import ACCOUNT_ADVICE
from tiktoksync.support.buttons import Action
from tiktoksync.support.catalogue import every_line, lines_by_code
from tiktoksync.support.lines import Line, facts_in, fill, names_in
from tiktoksync.support.models import FailureEntry
from tiktoksync.sync.models import FailureKind

ROOT = Path(__file__).parents[2]
LINES = list(every_line().values())
SERVICES = sorted([*ROOT.glob("orders/services/*.py"), *ROOT.glob("products/services/*.py")])
#: Places that hand on a code from elsewhere: a platform's, the policy's, an issue's, a row's own.
HANDED_ON = {
    *("error.code", "str(decision.reason)", "issue['code']", "told['code']", "first['code']"),
    *("row.failure_code", "code"),
}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
def test_a_line_has_a_sentence_a_fix_and_a_button(line: Line) -> None:
    assert re.fullmatch(r"[A-Z…“].{1,400}[.…]", line.sentence, re.DOTALL), line.sentence
    assert re.fullmatch(r".{5,300}[.?]", line.fix), line.fix
    assert line.action in Action.values
    assert len(line.key) <= FailureEntry._meta.get_field("key").max_length
    assert len(line.code) <= FailureEntry._meta.get_field("code").max_length
    assert len(line.group) <= FailureEntry._meta.get_field("group").max_length
    assert "{" not in line.sentence


def test_waiting_and_acting_are_not_mixed_up() -> None:
    for line in LINES:
        if line.fix.startswith("Nothing to do") and not re.search(
            r"\. (Or|If|Retry)|by polling. If", line.fix
        ):
            assert line.action in (Action.WAIT, Action.CONTACT_SUPPORT), line.key
        if line.action == Action.WAIT:
            assert "Nothing" in line.fix, line.key


def keys(area: str) -> set[str]:
    return {line.code for line in LINES if line.area == area}


def test_every_code_of_every_table_has_its_line() -> None:
    assert keys("kinds") == set(FailureKind.values)
    assert {str(reason) for reason in SENTENCES} <= keys("orders")
    assert set(map(str, CODE_FIXES)) <= keys("orders")
    assert set(parcel_words.FIXES) <= keys("orders")
    assert keys("upload") == set(upload_words.ISSUES)
    assert keys("import") == set(map(str, import_words.ISSUES))
    assert keys("link") == {str(cause) for cause in link_words.LinkCause}
    assert keys("listing") == set(listing_words.CAUSES)
    assert keys("backfill") == {str(cause) for cause in backfill.Cause}
    assert set(ACCOUNT_ADVICE) <= keys("account")
    for failure in every_failure():
        area = failure.platform or "network"
        assert f"{area}/{failure.layer}/{failure.code}" in every_line()


def test_every_reason_to_block_has_advice_of_its_own() -> None:
    assert set(BlockReason) <= set(CODE_FIXES)


def test_a_missing_line_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upload_words.ISSUES, "new_code", upload_words.ISSUES["no_image"])
    with pytest.raises(AssertionError):
        test_every_code_of_every_table_has_its_line()


# --- the codes that flows write by themselves ---------------------------------------------------


def constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def written_codes(path: Path) -> list[str]:
    """The codes that a module sets rows aside under."""
    tree = ast.parse(path.read_text())
    known, found = constants(tree), []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        place = {"statuses.fail": 2, "_fail": 2, "block": 1, "_blocked": 1}.get(name)
        if place is None or len(node.args) <= place:
            continue
        code = node.args[place]
        text = ast.unparse(code)
        if isinstance(code, ast.Constant):
            found.append(str(code.value))
        elif text in known:
            found.append(known[text])
        elif text not in HANDED_ON:
            found.append(f"unresolved: {text}")
    return found


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_what_flows_set_rows_aside_under_is_in_the_catalogue(path: Path) -> None:
    for code in written_codes(path):
        assert code in lines_by_code(), f"{path.name}: {code}"


def test_the_walk_over_flows_sees_their_codes() -> None:
    found = {code for path in SERVICES for code in written_codes(path)}
    assert {"recall", "address_hidden", "not_eligible", "carrier_unknown", "order_gone"} <= found
    assert not any(code.startswith("unresolved") for code in found), found


# --- sentences with blanks ----------------------------------------------------------------------


def test_what_a_sentence_names_is_read_back() -> None:
    template = "Not linked: {skus}. Link it ({count} more)."
    said = fill(template, {"skus": "TEE-M (Tee)", "count": "3"})
    assert facts_in(template, said) == {"skus": "TEE-M (Tee)", "count": "3"}
    assert facts_in(template, "Something else.") is None
    assert names_in(template) == ("skus", "count")


def test_a_blank_that_nobody_fills_is_marked() -> None:
    assert fill("TikTok has {} for it.".replace("{}", "{word1}"), {}) == "TikTok has … for it."
