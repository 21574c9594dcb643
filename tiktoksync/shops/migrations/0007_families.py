"""Shops that were connected with one and the same authorization are told to belong together."""

from django.db import migrations

from tiktoksync.lib.secrets import UnreadableSecret, digest


def find_families(apps, schema_editor):
    credentials = apps.get_model("shops", "Credential").objects.filter(shop__isnull=False)
    for key in credentials.values_list("pk", flat=True):
        try:
            refresh_token = credentials.get(pk=key).refresh_token
        except UnreadableSecret:
            continue
        if refresh_token:
            credentials.filter(pk=key).update(family=digest(refresh_token))


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0006_consents'),
    ]

    operations = [migrations.RunPython(find_families, migrations.RunPython.noop)]
