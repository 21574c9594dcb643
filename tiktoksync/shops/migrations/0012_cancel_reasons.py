
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0011_dashboard'),
    ]

    operations = [
        migrations.CreateModel(
            name='CancelReasonMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('words', 'A reason on TikTok becomes one in Shopify'), ('whom', 'Whoever cancelled on TikTok, where its reason is not mapped'), ('shopify', 'A reason in Shopify becomes one on TikTok')], max_length=10)),
                ('reason', models.CharField(help_text="TikTok's words; BUYER, SELLER or SYSTEM; or Shopify's key.", max_length=255)),
                ('becomes', models.CharField(help_text="Shopify's key, or how TikTok's key ends: out_of_stock.", max_length=120)),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cancel_reasons', to='shops.tiktokshop')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'kind', 'reason'), name='cancel_reason_once')],
            },
        ),
    ]
