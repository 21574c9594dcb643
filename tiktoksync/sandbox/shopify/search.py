"""The search syntax of ``query:`` arguments: terms, quotes, comparisons, AND, OR, NOT.

A term with an unknown field is ignored, as in life, and only a warning tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tiktoksync.sandbox.shopify.scalars import read_time
from tiktoksync.sandbox.shopify.state import Record

Test = Callable[[Record], bool]
# Gives the values of a field on a record: text, number, or a list of them.
Getter = Callable[[Record], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))"
    r"|(?P<minus>-)?(?P<field>[A-Za-z_][\w.$\-]*|\d\d?):(?P<op><=|>=|<|>)?"
    r"(?:'(?P<single>(?:\\.|[^'\\])*)'|\"(?P<double>(?:\\.|[^\"\\])*)\""
    r"|(?P<value>(?:\\.|[^\s():\\])*))"
    r"|'(?P<free1>(?:\\.|[^'\\])*)'|\"(?P<free2>(?:\\.|[^\"\\])*)\""
    r"|(?P<word>(?:\\.|[^\s():\\])+)|(?P<junk>.))",
    re.S,
)


@dataclass(slots=True)
class Field:
    """How one search field is compared: exact, token, time, number, absent or list."""

    get: Getter
    how: str = "exact"


@dataclass(slots=True)
class Term:
    field: str
    op: str
    value: str
    quoted: bool
    negated: bool


class Search:
    """A query made ready: ``test`` says whether a record belongs, ``warnings`` what was ignored."""

    def __init__(self, query: str, fields: dict[str, Field], default: Getter) -> None:
        self.warnings: list[Record] = []
        self.ignored: list[Term] = []
        self._fields = fields
        self._default = default
        self._tokens = list(_tokens(query))
        self._at = 0
        found = self._any()
        self.test: Test = found or _everything

    def _peek(self) -> Any:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _any(self) -> Test | None:
        """Alternatives joined by OR."""
        tests = [self._all()]
        while self._peek() == "OR":
            self._at += 1
            tests.append(self._all())
        kept = _joined([test for test in tests if test is not None])
        if len(kept) < 2:
            return kept[0] if kept else None
        return lambda record: any(test(record) for test in kept)

    def _all(self) -> Test | None:
        tests: list[Test] = []
        while (token := self._peek()) is not None and token not in ("OR", ")"):
            test = self._one()
            if test is not None:
                tests.append(test)
        if len(tests) < 2:
            return tests[0] if tests else None
        return lambda record: all(test(record) for test in tests)

    def _one(self) -> Test | None:
        token = self._tokens[self._at]
        self._at += 1
        if token == "AND":
            return None
        if token == "NOT":
            inner = self._one() if self._peek() is not None else None
            return None if inner is None else _negate(inner)
        if token == "(":
            inner = self._any()
            if self._peek() == ")":
                self._at += 1
            return inner
        return self._term(token)

    def _term(self, term: Term) -> Test | None:
        test = self._field_test(term)
        return _negate(test) if test is not None and term.negated else test

    def _field_test(self, term: Term) -> Test | None:
        if not term.field:
            wanted = term.value.lower()
            return lambda record: wanted in str(self._default(record)).lower()
        known = self._fields.get(term.field)
        if known is None and term.field.startswith("metafields."):
            known = Field(_metafield_getter(term.field))
        if known is None:
            self.ignored.append(term)
            self.warnings.append(
                {
                    "field": term.field,
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            )
            return None
        return _compare(known, term)


class OneOf:
    """An exact comparison; several of the same field are one look-up in a set."""

    def __init__(self, field: Field, wanted: set[str]) -> None:
        self.field = field
        self.wanted = wanted

    def __call__(self, record: Record) -> bool:
        value = self.field.get(record)
        if isinstance(value, list):
            return any(str(one).lower() in self.wanted for one in value if one is not None)
        return value is not None and str(value).lower() in self.wanted


def _joined(tests: list[Test]) -> list[Test]:
    """The alternatives, with exact ones of the same field put together."""
    kept: list[Test] = []
    by_field: dict[int, OneOf] = {}
    for test in tests:
        if not isinstance(test, OneOf):
            kept.append(test)
        elif id(test.field) in by_field:
            by_field[id(test.field)].wanted |= test.wanted
        else:
            by_field[id(test.field)] = test
            kept.append(test)
    return kept


def _tokens(query: str) -> Iterator[Any]:
    for match in _TOKEN.finditer(query):
        parts = match.groupdict()
        if parts["open"] or parts["close"]:
            yield parts["open"] or parts["close"]
        elif parts["field"]:
            quoted = parts["single"] if parts["single"] is not None else parts["double"]
            value = quoted if quoted is not None else parts["value"] or ""
            yield Term(
                parts["field"], parts["op"] or "", _plain(value), quoted is not None,
                bool(parts["minus"]),
            )  # fmt: skip
        elif parts["word"] in ("AND", "OR", "NOT"):
            yield parts["word"]
        elif parts["junk"] is None or parts["junk"].strip():
            text = parts["free1"] or parts["free2"] or parts["word"] or ""
            if text:
                yield Term("", "", _plain(text), parts["word"] is None, False)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _everything(_record: Record) -> bool:
    return True


def _negate(test: Test) -> Test:
    return lambda record: not test(record)


def _metafield_getter(name: str) -> Getter:
    namespace, _, key = name.removeprefix("metafields.").rpartition(".")

    def get(record: Record) -> Any:
        found = record.get("_metafields", {}).get((namespace, key))
        return found["value"] if found else None

    return get


def _compare(field: Field, term: Term) -> Test:
    if field.how == "absent":
        return _negate(_compare(Field(field.get), term))
    if term.value == "*":
        return lambda record: field.get(record) not in (None, "", [])
    if field.how in ("time", "number") or term.op:
        return _ordered(field, term)
    wanted = term.value.lower()
    if field.how == "list":
        listed = {one.strip() for one in wanted.split(",")}
        return lambda record: str(field.get(record)) in listed
    if field.how == "token" and not term.quoted:
        return lambda record: _has_token(field.get(record), wanted)
    if not wanted.endswith("*") or term.quoted:
        return OneOf(field, {wanted})
    prefix = wanted[:-1]

    def test(record: Record) -> bool:
        value = field.get(record)
        values = value if isinstance(value, list) else [value]
        return any(str(one).lower().startswith(prefix) for one in values if one is not None)

    return test


def _has_token(value: Any, wanted: str) -> bool:
    """A token match: the word stands in the value, between separators."""
    values = value if isinstance(value, list) else [value]
    for one in values:
        text = str(one or "").lower()
        if wanted in text and (text == wanted or wanted in re.split(r"[\s\-_/.,#]+", text)):
            return True
    return False


def _ordered(field: Field, term: Term) -> Test:
    wanted: Any = _number(term.value) if field.how == "number" else _time(term.value)
    op = term.op

    def test(record: Record) -> bool:
        value = field.get(record)
        if value is None:
            return False
        own: Any = float(value) if field.how == "number" else str(value)
        match op:
            case "<":
                return bool(own < wanted)
            case "<=":
                return bool(own <= wanted)
            case ">":
                return bool(own > wanted)
            case ">=":
                return bool(own >= wanted)
            case _:
                return bool(own == wanted or (field.how == "time" and own.startswith(term.value)))

    return test


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _time(text: str) -> str:
    try:
        return read_time(text)
    except ValueError:
        return text


def report(path: str, query: str, search: Search) -> Record:
    """The entry of ``extensions.search`` for a query with warnings."""
    first = search.ignored[0]
    return {
        "path": [path],
        "query": query,
        "parsed": {"field": first.field, "match_all": first.value},
        "warnings": search.warnings,
    }
