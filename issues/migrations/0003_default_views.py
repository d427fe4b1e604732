"""The tabs that come with Dexter. People may hide none of them but add their own."""

from django.db import migrations

VIEWS = [
    ("All unresolved", "is:unresolved", "last_seen"),
    ("For me", "is:unresolved assigned:[me, my_teams]", "score"),
    ("New", "is:unresolved is:new", "first_seen"),
    ("Regressed", "is:unresolved is:regressed", "last_seen"),
    ("Escalating", "is:unresolved is:escalating", "trend"),
    ("Muted but growing", "is:growing", "trend"),
]


def forwards(apps, schema_editor):
    view = apps.get_model("issues", "SavedView")
    for position, (name, query, sort) in enumerate(VIEWS):
        view.objects.create(name=name, query=query, sort=sort, position=position, is_shared=True)


def backwards(apps, schema_editor):
    apps.get_model("issues", "SavedView").objects.filter(owner=None).delete()


class Migration(migrations.Migration):
    dependencies = [("issues", "0002_full_text")]
    operations = [migrations.RunPython(forwards, backwards)]
