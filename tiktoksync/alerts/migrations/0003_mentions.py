

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0002_told_count'),
        ('shops', '0011_dashboard'),
    ]

    operations = [
        migrations.AddField(
            model_name='alert',
            name='reader',
            field=models.ForeignKey(blank=True, help_text='Whom alone it is for. Empty: the whole team.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.membership'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('blocked', 'Orders are blocked'), ('tracking_refused', 'TikTok refuses tracking'), ('cancel_request', 'A buyer asks to cancel'), ('listing_refused', 'TikTok refuses a listing'), ('consent_ending', 'A consent ends soon'), ('consent_lost', 'A connection is lost'), ('sync_late', 'Sync is late'), ('mention', 'A colleague names you')], max_length=20),
        ),
        migrations.AlterField(
            model_name='alertchoice',
            name='kind',
            field=models.CharField(choices=[('blocked', 'Orders are blocked'), ('tracking_refused', 'TikTok refuses tracking'), ('cancel_request', 'A buyer asks to cancel'), ('listing_refused', 'TikTok refuses a listing'), ('consent_ending', 'A consent ends soon'), ('consent_lost', 'A connection is lost'), ('sync_late', 'Sync is late'), ('mention', 'A colleague names you')], max_length=20),
        ),
    ]
