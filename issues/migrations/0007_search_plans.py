"""What searches need to be planned well: indexes, statistics of tag pairs, words kept where they are read."""

import django.db.models.deletion
from django.db import migrations, models

# A key and its values depend on each other; without knowing the pairs the planner expects a tenth of the rows.
STATISTICS = """
CREATE STATISTICS issue_tag_pairs (dependencies, mcv) ON key, value FROM issues_issuetag;
ALTER STATISTICS issue_tag_pairs SET STATISTICS 1000;
ANALYZE issues_issuetag;
"""
STATISTICS_BACK = "DROP STATISTICS issue_tag_pairs;"
# Rows that are there already are moved when they are written next.
INLINE = "ALTER TABLE issues_issuetext ALTER COLUMN words SET STORAGE MAIN, ALTER COLUMN words SET STATISTICS 500;"
INLINE_BACK = (
    "ALTER TABLE issues_issuetext ALTER COLUMN words SET STORAGE EXTENDED,"
    " ALTER COLUMN words SET STATISTICS -1;"
)


def on_postgresql(*statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("issues", "0006_webhooks")]
    operations = [
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                fields=["-trend", "-id"],
                name="list_growing",
                condition=models.Q(("gone", ""), ("is_growing", True)),
            ),
        ),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["trace_id"], name="event_trace")
        ),
        migrations.AlterField(
            model_name="issuetag",
            name="issue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tags",
                to="issues.issue",
            ),
        ),
        migrations.RunPython(
            on_postgresql(STATISTICS, INLINE), on_postgresql(INLINE_BACK, STATISTICS_BACK)
        ),
    ]
