"""What people keep beside orders, as support staff see it."""

from django.contrib import admin

from orders.models import ListLayout, OrderComment, OrderTag, SavedView
from tiktoksync.admin_base import MirrorAdmin


@admin.register(SavedView)
class SavedViewAdmin(MirrorAdmin):
    """A team's or a person's filters."""

    list_display = ("name", "merchant", "user", "page")


@admin.register(ListLayout)
class ListLayoutAdmin(MirrorAdmin):
    """How a person wants a list to look."""

    list_display = ("membership", "page", "is_dense", "page_size")


@admin.register(OrderComment)
class OrderCommentAdmin(MirrorAdmin):
    """Words about an order."""

    list_display = ("order", "who", "is_for_staff", "at")
    raw_id_fields = ("order",)


@admin.register(OrderTag)
class OrderTagAdmin(MirrorAdmin):
    """A merchant's own tags."""

    list_display = ("name", "order", "at")
    raw_id_fields = ("order",)
