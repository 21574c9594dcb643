"""Products for support staff: the mirrors, the links, the work on them."""

from products import admin_catalogue, admin_links, admin_work

__all__ = ["admin_catalogue", "admin_links", "admin_work"]
