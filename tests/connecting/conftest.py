"""A sandbox with nothing connected, and people who are about to connect something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.connecting.people import PUBLIC, Person, make_person
from tests.flows.world import World
from tiktoksync.sandbox.config import complete_config
from tiktoksync.sandbox.server import start
from tiktoksync.shops.models import Merchant

Woken = list[tuple[str, int]]


@pytest.fixture(scope="session")
def config() -> dict[str, Any]:
    """The sandbox's configuration; its TikTok sends sellers back to the tests' address."""
    config = complete_config({"catalogue": "small"})
    for app in config["tiktok"]["apps"]:
        app["redirect_url"] = PUBLIC + "/connect/tiktok/callback/"
    return config


@pytest.fixture(scope="session")
def consent_url(config: dict[str, Any]) -> Iterator[str]:
    sandbox = start(port=0, config=config)
    yield sandbox.url
    sandbox.stop()


@pytest.fixture
def world(consent_url: str, config: dict[str, Any], settings: Settings, db: None) -> World:
    """Both platforms, as they were at the start of the first test."""
    world = World(consent_url)
    world.control("POST", "reset")
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    tiktok, shopify = config["tiktok"]["apps"][0], config["shopify"]["apps"][0]
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = PUBLIC, ["testserver"]
    settings.HTTPS, settings.ON_LOOPBACK = False, True
    settings.TIKTOK_API_URL = f"{consent_url}/tiktok"
    settings.TIKTOK_AUTH_URL = f"{consent_url}/tiktok-auth"
    settings.TIKTOK_AUTHORIZE_URL = consent_url
    settings.TIKTOK_SERVICE_ID, settings.TIKTOK_MARKET = tiktok["service_id"], "us"
    settings.SHOPIFY_URL = f"{consent_url}/shopify/{{shop}}"
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = tiktok["app_key"], tiktok["app_secret"]
    settings.SHOPIFY_API_KEY = shopify["api_key"]
    settings.SHOPIFY_API_SECRET = shopify["api_secret"]
    settings.TIKTOK_READS_PER_SECOND = settings.TIKTOK_WRITES_PER_SECOND = 1000
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return world


@pytest.fixture
def olga(db: None) -> Person:
    """The owner of a merchant that has connected nothing."""
    return make_person("olga", Merchant.objects.create(name="Olga's"))


@pytest.fixture
def ben(db: None) -> Person:
    """The owner of another one."""
    return make_person("ben", Merchant.objects.create(name="Ben's"))


@pytest.fixture
def nobody() -> Client:
    """A browser in which nobody is signed in."""
    return Client()
