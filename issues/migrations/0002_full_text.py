"""Free-text search: a stored tsvector with a GIN index on PostgreSQL, an FTS5 table on SQLite."""

from django.db import migrations

POSTGRESQL = """
ALTER TABLE issues_issuetext
    ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED;
CREATE INDEX issue_words ON issues_issuetext USING gin (words);
"""
POSTGRESQL_BACK = "ALTER TABLE issues_issuetext DROP COLUMN words;"

# The body is kept once, in issues_issuetext; triggers keep the index in step with it.
SQLITE = [
    "CREATE VIRTUAL TABLE issues_issuetext_fts USING fts5("
    "body, content='issues_issuetext', content_rowid='issue_id', tokenize='unicode61 remove_diacritics 0')",
    """CREATE TRIGGER issuetext_added AFTER INSERT ON issues_issuetext BEGIN
        INSERT INTO issues_issuetext_fts(rowid, body) VALUES (new.issue_id, new.body); END""",
    """CREATE TRIGGER issuetext_removed AFTER DELETE ON issues_issuetext BEGIN
        INSERT INTO issues_issuetext_fts(issues_issuetext_fts, rowid, body)
        VALUES ('delete', old.issue_id, old.body); END""",
    """CREATE TRIGGER issuetext_changed AFTER UPDATE ON issues_issuetext WHEN old.body <> new.body BEGIN
        INSERT INTO issues_issuetext_fts(issues_issuetext_fts, rowid, body)
        VALUES ('delete', old.issue_id, old.body);
        INSERT INTO issues_issuetext_fts(rowid, body) VALUES (new.issue_id, new.body); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER issuetext_added",
    "DROP TRIGGER issuetext_removed",
    "DROP TRIGGER issuetext_changed",
    "DROP TABLE issues_issuetext_fts",
]


def forwards(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in [POSTGRESQL_BACK] if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_cache")]
    operations = [migrations.RunPython(forwards, backwards)]
