"""The items of a run as a table for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.words import cause_words

COLUMNS = ("id", "title", "state", "cause", "what", "how to fix it")
CHUNK = 500
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What the writer of the csv module writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def download_items(run: Run, *states: str) -> StreamingHttpResponse:
    """The items in these states, all without any, as a CSV file; held line by line."""
    answer = StreamingHttpResponse(_lines(run, states), content_type="text/csv; charset=utf-8")
    name = "-".join([run.kind, str(run.pk), *states])
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(run: Run, states: tuple[str, ...]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    # A byte-order mark: without it a spreadsheet guesses the letters.
    yield "\ufeff" + writer.writerow(COLUMNS)
    items = run.items.filter(state__in=states) if states else run.items.all()
    for item in items.order_by("position", "pk").iterator(chunk_size=CHUNK):
        yield writer.writerow([_cell(value) for value in _row(run, item)])


def _row(run: Run, item: RunItem) -> tuple[str, ...]:
    issues = item.facts.get("issues", [])
    said = item.words or " ".join(str(issue.get("words") or "") for issue in issues)
    fixes = " ".join(str(issue.get("fix") or "") for issue in issues)
    cause = cause_words(run.kind, item.cause) if item.cause else ""
    return item.remote_id, item.title, item.get_state_display(), cause, said, fixes.strip()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
