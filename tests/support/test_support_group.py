"""The group of support staff: everything to look at, little to change, nothing to delete."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from tiktoksync.support.services.support_group import DONE, keep_support_group


@pytest.mark.django_db
def test_the_group_looks_at_all_and_changes_little() -> None:
    call_command("support_group")
    user = User.objects.create_user("sara", is_staff=True)
    user.groups.add(keep_support_group())

    rights = user.get_all_permissions()
    names = {right.split(".")[1] for right in rights}
    assert set(DONE) <= names
    assert not [name for name in names if name.startswith("delete_")]
    assert {name for name in names if not name.startswith("view_")} == set(DONE)
    assert {"shops.view_merchant", "support.view_staffaction", "orders.view_order"} <= rights
    assert "shops.change_merchant" not in rights
    assert not {right for right in rights if right.startswith("auth.")}
