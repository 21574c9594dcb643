"""Comparing schemas takes one file out of a package, or says that it could not."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tiktoksync.run import schema


def pack(path: Path, name: str, content: bytes) -> None:
    with tarfile.open(path, "w:gz") as packed:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        packed.addfile(info, io.BytesIO(content))


def test_the_introspection_is_taken_out_of_the_package(tmp_path: Path) -> None:
    pack(tmp_path / "package.tgz", schema.MEMBER, b"introspection")
    found = schema.take_out(tmp_path / "package.tgz", tmp_path)
    assert found is not None
    assert found.read_bytes() == b"introspection"
    assert found.parent == tmp_path


def test_a_package_without_the_file_gives_nothing(tmp_path: Path) -> None:
    pack(tmp_path / "package.tgz", "package/readme.md", b"hello")
    assert schema.take_out(tmp_path / "package.tgz", tmp_path) is None


def test_without_npm_it_says_that_nothing_was_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing is to be run"))
    assert schema.main() == 0
    assert "NOT compared" in capsys.readouterr().out
