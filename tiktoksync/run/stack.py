"""The children of one installation: web, one worker a queue, cron."""

import http.client
import os
import socket
import sys
from pathlib import Path

from tiktoksync.run.supervisor import Spec

MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"
WEB_THREADS = 8
# RQ tells of every job at its normal verbosity.
QUIET = ("--verbosity", "0")
ANYWHERE = ("0.0.0.0", "::", "")


def web_spec(host: str, port: int, env: dict[str, str]) -> Spec:
    """The web server."""
    command = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", "1", "--respawn-failed-workers"),
        *("--blocking-threads", str(WEB_THREADS), "--log-level", "error"),
        *("--working-dir", str(MANAGE.parent), "tiktoksync.wsgi:application"),
    )
    return Spec("web", command, env)


def manage_spec(name: str, arguments: tuple[str, ...], env: dict[str, str]) -> Spec:
    """A child that is a management command."""
    return Spec(name, (sys.executable, str(MANAGE), *arguments), env)


def stack_specs(host: str, port: int, workers: int, env: dict[str, str]) -> list[Spec]:
    """Everything but the queue server; each worker serves one queue, so that no job gets lost.

    RQ moves a job atomically to the worker's own list only when it listens on a single queue.
    """
    names = ["worker"] if workers == 1 else [f"worker-{n}" for n in range(1, workers + 1)]
    return [
        web_spec(host, port, env),
        *(manage_spec(name, ("rqworker", "interactive", *QUIET), env) for name in names),
        manage_spec("bulk", ("rqworker", "bulk", *QUIET), env),
        manage_spec("cron", ("cron",), env),
    ]


def reachable_host(host: str) -> str:
    """The address under which a server bound to `host` answers on this machine."""
    return "127.0.0.1" if host in ANYWHERE else host


def is_port_free(host: str, port: int) -> bool:
    """Whether nothing listens there yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except OSError:
            return False
    return True


def is_alive(host: str, port: int) -> bool:
    """Whether /healthz answers 200."""
    line = http.client.HTTPConnection(reachable_host(host), port, timeout=2)
    try:
        line.request("GET", "/healthz", headers={"Host": f"127.0.0.1:{port}"})
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def child_env(port: int, redis_url: str | None) -> dict[str, str]:
    """What the children get on top of this process's environment."""
    env = {"DJANGO_SETTINGS_MODULE": "tiktoksync.settings", "PYTHONUNBUFFERED": "1"}
    if not os.environ.get("PUBLIC_URL"):
        env["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    if redis_url:
        env["REDIS_URL"] = redis_url
    return env
