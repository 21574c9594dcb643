from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_list_indexes"),
        ("shops", "0011_dashboard"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["shop", "tiktok_status", "ship_by"], name="order_dispatch"),
        ),
    ]
