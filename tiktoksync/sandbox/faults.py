"""Misbehaviour on request: rules that are matched against calls and webhook deliveries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tiktoksync.sandbox.http import Answer
from tiktoksync.sandbox.log import Call

SETTINGS = ("search_lag", "lookup_lag", "clock_skew", "cancel_delay")
WEBHOOK_ACTIONS = (
    "webhook_lose",
    "webhook_duplicate",
    "webhook_delay",
    "webhook_reorder",
    "webhook_wrong_secret",
)
CALL_ACTIONS = (
    "latency",
    "status",
    "html",
    "empty",
    "truncated",
    "drop_before",
    "drop_after",
    "timeout_after",
    "throttle",
    "error",
    "graphql_errors",
    "user_errors",
    "internal_error_200",
)
EFFECT_FIRST = ("truncated", "drop_after", "timeout_after", "graphql_errors")

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"


class BadRule(ValueError):
    """The rule cannot be understood; the text says why."""


@dataclass(slots=True)
class Rule:
    """``times`` counts down with each use (None: always); ``skip`` lets the first ones pass."""

    id: int
    action: str
    match: dict[str, str]
    times: int | None
    skip: int
    params: dict[str, Any]
    used: int = 0

    def fits(self, platform: str, names: Iterable[str], shop: str) -> bool:
        wanted = self.match
        return (
            wanted.get("platform", "*") in ("*", platform)
            and wanted.get("shop", "*") in ("*", shop)
            and any(fnmatchcase(name, wanted.get("operation", "*")) for name in names)
        )

    def spend(self) -> bool:
        """Use the rule once; False when it only lets this one pass."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        self.used += 1
        return True

    @property
    def effect_first(self) -> bool:
        """Whether the call does its work before it is spoiled."""
        default = self.action in EFFECT_FIRST
        return bool(self.params.get("after", default))

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "action": self.action,
            "match": self.match,
            "times": self.times,
            "skip": self.skip,
            "used": self.used,
            **self.params,
        }


@dataclass
class Faults:
    """All rules in the order they were added."""

    rules: list[Rule] = field(default_factory=list)
    _next: int = 1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, spec: dict[str, Any]) -> Rule:
        """Add one rule; raises BadRule for an unknown action."""
        spec = dict(spec)
        action = str(spec.pop("action", ""))
        if action not in (*CALL_ACTIONS, *WEBHOOK_ACTIONS, *SETTINGS):
            raise BadRule(f"unknown action {action!r}")
        match = {key: str(value) for key, value in dict(spec.pop("match", None) or {}).items()}
        for key in ("platform", "operation", "shop"):
            if key in spec:
                match[key] = str(spec.pop(key))
        times = spec.pop("times", None)
        skip = int(spec.pop("skip", 0))
        spec.pop("id", None)
        with self._lock:
            rule = Rule(
                self._next,
                action,
                match,
                None if times in (None, "always") else int(times),
                skip,
                spec,
            )
            self._next += 1
            self.rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> int:
        """Remove one rule or all of them; gives the number removed."""
        with self._lock:
            kept = [] if rule_id is None else [r for r in self.rules if r.id != rule_id]
            removed = len(self.rules) - len(kept)
            self.rules = kept
        return removed

    def take(
        self, platform: str, names: Iterable[str], shop: str, actions: Iterable[str]
    ) -> list[Rule]:
        """The rules that hit this time: every latency, and the first of the others."""
        if not self.rules:
            return []
        hit: list[Rule] = []
        spoiled = False
        names = tuple(names) or ("",)
        with self._lock:
            for rule in self.rules:
                if rule.action not in actions or not rule.fits(platform, names, shop):
                    continue
                if rule.action != "latency" and spoiled:
                    continue
                if rule.spend():
                    hit.append(rule)
                    spoiled = spoiled or rule.action != "latency"
        return hit

    def setting(self, action: str, platform: str, shop: str = "") -> float | None:
        """The value of a lasting setting such as search_lag, or None."""
        for rule in reversed(self.rules):
            if rule.action == action and rule.fits(platform, ("*", ""), shop):
                return float(rule.params.get("seconds", 0))
        return None


Special = Callable[[Rule, "Answer | None"], Answer]


def answer_under_faults(
    faults: Faults, call: Call, work: Callable[[], Answer], special: Special
) -> Answer:
    """Answer a call, spoiled by the rules that match it.

    ``special`` gives the platform's own way of saying throttled, refused or broken.
    """
    rules = faults.take(call.platform, call.names(), call.shop, CALL_ACTIONS)
    for rule in rules:
        if rule.action == "latency":
            time.sleep(float(rule.params.get("ms", 0)) / 1000)
    chosen = next((rule for rule in rules if rule.action != "latency"), None)
    if chosen is None:
        return work()
    call.fault = chosen.action
    answer = work() if chosen.effect_first else None
    return _spoil(chosen, answer, special)


def _spoil(rule: Rule, answer: Answer | None, special: Special) -> Answer:
    params = rule.params
    match rule.action:
        case "drop_before" | "drop_after":
            return Answer(status=0, wire="drop")
        case "timeout_after":
            spoiled = answer or Answer()
            spoiled.wire, spoiled.hang_seconds = "hang", float(params.get("seconds", 30))
            return spoiled
        case "truncated":
            spoiled = answer or Answer(body=b'{"data":')
            spoiled.wire = "truncate"
            return spoiled
        case "html":
            return Answer(int(params.get("status", 502)), HTML, {"Content-Type": "text/html"})
        case "empty":
            return Answer(int(params.get("status", 200)))
        case "status":
            return _plain_status(params)
        case _:
            return special(rule, answer)


def _plain_status(params: dict[str, Any]) -> Answer:
    body = params.get("body", "")
    headers = {str(k): str(v) for k, v in dict(params.get("headers", {})).items()}
    if "retry_after" in params:
        headers["Retry-After"] = str(params["retry_after"])
    if isinstance(body, str):
        headers.setdefault("Content-Type", "text/plain; charset=utf-8")
        return Answer(int(params.get("status", 500)), body.encode(), headers)
    answer = Answer.json(body, status=int(params.get("status", 500)))
    answer.headers.update(headers)
    return answer
