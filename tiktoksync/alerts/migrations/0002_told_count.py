from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="told_count",
            field=models.PositiveIntegerField(
                default=1, help_text="Things it held up when people were last told."
            ),
        ),
    ]
