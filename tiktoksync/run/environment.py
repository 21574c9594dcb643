"""Makes `.venv` and installs the requirements; nothing happens when it is up to date.

Run by path with any Python 3: `environment.py [--dev | --browser]`. It looks for Python 3.11 or
newer, uses `uv` when that is on PATH and pip otherwise, and says in one line what is missing.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
RUN = [ROOT / "requirements.txt"]
DEV = [*RUN, ROOT / "requirements-dev.txt"]
BROWSER = [*DEV, ROOT / "requirements-browser.txt"]
# Each list holds the ones before it.
LISTS = {"": RUN, "--dev": DEV, "--browser": BROWSER}
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
AGAIN = "TIKTOKSYNC_PYTHON_CHOSEN"


def say(line: str) -> None:
    """Progress goes to stderr: stdout may be read by a program."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def stop(line: str) -> None:
    """End with one sentence."""
    say(line)
    sys.exit(2)


def find_python() -> None:
    """Go on under Python 3.11 or newer, or say that there is none."""
    if sys.version_info >= OLDEST:
        return
    found = next(filter(None, map(shutil.which, NEWER)), None)
    if found is None or os.environ.get(AGAIN):
        stop(
            "TikTokSync needs Python 3.11 or newer; this is {}.{}. "
            "Name another one with: make PYTHON=/path/to/python3".format(*sys.version_info[:2])
        )
        return
    os.environ[AGAIN] = "1"
    os.execv(found, [found, __file__] + sys.argv[1:])  # noqa: RUF005  read by old Pythons too


def fingerprint(files: "list[Path]") -> str:
    """What was installed: the content of the lists and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_installed(files: "list[Path]") -> bool:
    """Whether the last installation was of exactly these lists."""
    return STAMP.exists() and STAMP.read_text() == fingerprint(files)


def works() -> bool:
    """Whether `.venv` has a Python that starts (a moved folder breaks it)."""
    try:
        subprocess.run([str(PYTHON), "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run(command: "list[str]") -> bool:
    """Run quietly; on failure show what the command said."""
    done = subprocess.run(command, cwd=str(ROOT), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        say((done.stdout + done.stderr).strip())
    return done.returncode == 0


def make_venv(uv: "str | None") -> None:
    """Create an empty environment."""
    if uv and run(
        [uv, "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, ".venv"]
    ):
        return
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        stop(
            f"Python's {missing[0]} module is missing; on Debian and Ubuntu it comes with: "
            "apt-get install python3-venv"
        )
    if not run([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        stop("The virtual environment .venv could not be made; the lines above say why.")


def install(uv: "str | None", wanted: Path) -> None:
    """Install the list, with uv if that works."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if uv and run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "-r", str(wanted)]):
        return
    if not run([*pip, "-r", str(wanted)]):
        stop(f"{wanted.name} could not be installed; the lines above say why.")


def main() -> None:
    """Bring `.venv` up to date."""
    find_python()
    wanted = LISTS["".join(sys.argv[1:2])]
    enough = [files for files in LISTS.values() if len(files) >= len(wanted)]
    if works() and any(is_installed(files) for files in enough):
        return
    uv = shutil.which("uv")
    if not works():
        say("Making the virtual environment .venv …")
        make_venv(uv)
    say(f"Installing {wanted[-1].name} … (once; up to a minute)")
    install(uv, wanted[-1])
    STAMP.write_text(fingerprint(wanted))


if __name__ == "__main__":
    main()
