"""The demo's secrets are random, private, and stay the same between runs."""

from pathlib import Path

from cryptography.fernet import Fernet

from tiktoksync.demo import secrets_file


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "var" / "demo.env"
    first = secrets_file.ensure(path)
    assert set(first) == set(secrets_file.MAKERS)
    assert secrets_file.ensure(path) == first
    assert secrets_file.ensure(tmp_path / "other.env") != first


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    secrets_file.ensure(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_token_key_is_a_fernet_key(tmp_path: Path) -> None:
    key = secrets_file.ensure(tmp_path / "demo.env")["TOKEN_KEYS"]
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"token")) == b"token"


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    path.write_text("SECRET_KEY=mine\n")
    known = secrets_file.ensure(path)
    assert known["SECRET_KEY"] == "mine"
    assert secrets_file.read(path) == known
