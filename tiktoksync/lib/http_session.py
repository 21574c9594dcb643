"""Sessions that read nothing from the environment, keep nothing, and never try again."""

import os
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tiktoksync.lib import http_wire as wire


def new_session(pools: Mapping[str, Any] = wire.POOL_CLASSES) -> requests.Session:
    """A session without retries, cookies or anything read from the environment."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("https://", "http://"):
        session.mount(prefix, _Adapter(pools))
    return session


class _Adapter(HTTPAdapter):
    """Connects through the connections that keep the deadline."""

    def __init__(self, pools: Mapping[str, Any]) -> None:
        self.pools = pools
        super().__init__(pool_connections=20, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self.pools
        return manager


def certificates() -> str | bool:
    """Honour the usual variables for a private certificate authority."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
