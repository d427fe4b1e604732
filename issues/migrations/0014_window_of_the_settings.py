from django.db import migrations, models


def follow_the_setting(apps, schema_editor):
    """Until now SYNC_WINDOW_DAYS was read by nobody, and 90 is what every connection was made with."""
    apps.get_model("issues", "Connection").objects.filter(window_days=90).update(window_days=0)


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0013_query_marks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='connection',
            name='window_days',
            field=models.PositiveIntegerField(default=0, help_text='How far back issues are fetched, in days; 0 is SYNC_WINDOW_DAYS.'),
        ),
        migrations.RunPython(follow_the_setting, migrations.RunPython.noop),
    ]
