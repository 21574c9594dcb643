from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0009_dashboard"),
        ("products", "0003_catalogue"),
        ("shops", "0011_dashboard"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="lineitem",
            name="line_item_sku_key",
        ),
        migrations.RemoveIndex(
            model_name="order",
            name="order_tiktok_status",
        ),
        migrations.AddIndex(
            model_name="fulfillment",
            index=models.Index(
                fields=["tracking_number"],
                name="fulfillment_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="lineitem",
            index=models.Index(
                fields=["sku_key"], name="line_item_sku_key", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="lineitem",
            index=models.Index(
                fields=["tracking_number"],
                name="line_item_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["shop", "tiktok_status", "-placed_at", "-id"], name="order_tiktok_placed"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["shop", "sync_status", "-placed_at", "-id"], name="order_sync_placed"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["shop", "ship_by", "id"], name="order_ship_by"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["shop", "total", "id"], name="order_total"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["shop", "shopify_order_name"],
                name="order_shopify_name",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(
                fields=["tracking_number"],
                name="package_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
