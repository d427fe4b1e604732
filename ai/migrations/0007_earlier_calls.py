from django.db import migrations


def note_earlier_calls(apps, schema_editor):
    """What explanations from before this table say of the requests made for them."""
    Explanation, ModelCall = apps.get_model("ai", "Explanation"), apps.get_model("ai", "ModelCall")
    calls = []
    kept = ("model_id", "model_name", "template_version", "created_at")
    rows = Explanation.objects.filter(answered_from=None).only(
        "state", "tried", "first_token_seconds", "tokens_per_second", *kept
    )
    for row in rows.iterator():
        about = {"purpose": "explanation", "created_at": row.created_at, "template_version": row.template_version}
        if row.state == "done":
            calls.append(
                ModelCall(
                    model_id=row.model_id, model_name=row.model_name, first_token_seconds=row.first_token_seconds,
                    tokens_per_second=row.tokens_per_second, **about,
                )
            )
        calls += [
            ModelCall(model_name=failure["model"], error_code=failure["code"], **about) for failure in row.tried
        ]
    ModelCall.objects.bulk_create(calls, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('ai', '0006_model_calls'),
    ]

    operations = [
        migrations.RunPython(note_earlier_calls, migrations.RunPython.noop),
    ]
