"""Every refusal stands in the failure catalogue, and staff's words for it reach the page."""

from __future__ import annotations

from django.urls import reverse

from tests.connecting.people import Person
from tests.web.reading import text_of
from tiktoksync.connecting.refusals import REFUSALS
from tiktoksync.support.catalogue import Words, changed, every_line


def test_every_refusal_has_its_line() -> None:
    told = {line.code for line in every_line().values() if line.area == "connect"}
    assert told == set(REFUSALS)


def test_what_staff_wrote_is_what_the_page_says(olga: Person) -> None:
    changed.know({"connect/domain": Words(sentence="We need the long name.", fix="Ask Tim.")})
    page = text_of(olga.client.post(reverse("connect-shopify-begin"), {"shop": "a b"}))
    assert "That is not the address of a Shopify store We need the long name. Ask Tim." in page
