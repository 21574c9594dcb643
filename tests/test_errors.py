"""The error tree: each class says what to do next."""

import copy
import pickle

import pytest

from tiktoksync import errors


@pytest.mark.parametrize("name", ["Unreachable", "RateLimited", "OutcomeUnknown"])
def test_these_are_worth_trying_again(name: str):
    error = getattr(errors, name)("Later.", retry_after=2.5)
    assert isinstance(error, errors.RetryableError)
    assert not isinstance(error, errors.PermanentError)
    assert error.retry_after == 2.5


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ConfigError", "config"),
        ("NotAuthorized", "auth"),
        ("Rejected", "rejected"),
        ("Gone", "gone"),
        ("MalformedPayload", "malformed"),
    ],
)
def test_these_need_a_person_and_say_which_kind(name: str, kind: str):
    error = getattr(errors, name)("No.")
    assert isinstance(error, errors.PermanentError)
    assert not isinstance(error, errors.RetryableError)
    assert error.failure_kind == kind


def test_prints_the_request_id_first_when_there_is_one():
    assert str(errors.Gone("It is gone.", request_id="R1")) == "[R1] It is gone."
    assert str(errors.Gone("It is gone.", detail="hidden")) == "It is gone."


def test_keeps_the_parts_apart():
    error = errors.Rejected("No.", field="lines.0", detail="why", code="7", request_id="R1")
    assert (error.message, error.field, error.detail) == ("No.", "lines.0", "why")
    assert (error.code, error.request_id) == ("7", "R1")


@pytest.mark.parametrize("name", ["RateLimited", "NotAuthorized"])
def test_these_stop_the_whole_account(name: str):
    assert getattr(errors, name)("Stop.").pauses_account


@pytest.mark.parametrize("name", ["Unreachable", "OutcomeUnknown", "Rejected", "ConfigError"])
def test_these_stop_one_row_only(name: str):
    assert not getattr(errors, name)("Stop.").pauses_account


def test_a_bad_signature_is_no_sync_error():
    assert not issubclass(errors.SignatureError, errors.SyncError)


def test_errors_survive_copying_and_pickling_with_all_parts():
    error = errors.NotAuthorized("No.", account_reason="plan", code="402", request_id="R1")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is errors.NotAuthorized
        assert twin.__dict__ == error.__dict__
