"""Everything the database holds, for "nothing changed"."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

LEFT_OUT = ("django_", "auth_", "sqlite_")


def dump_rows() -> dict[str, list[Any]]:
    """Each table's rows as they are stored, ciphertexts included."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.db_table.startswith(LEFT_OUT)
    )
    dump = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            dump[table] = sorted(cursor.fetchall(), key=repr)
    return dump
