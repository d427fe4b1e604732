"""Templates: the current one of a category, new versions, going back to an old one."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from ai.models import PromptTemplate
from ai.prompts import LABELS, PLAIN, Template, builtin


def template_for(category: str) -> Template:
    """The current version; the one that Dexter brings where there is no row."""
    row = PromptTemplate.objects.filter(category=category, is_current=True).first()
    return row.as_template() if row else builtin(category, PLAIN)


def make_first_versions() -> int:
    """A row for each category that has none, with what Dexter brings; how many were made."""
    known = set(PromptTemplate.objects.values_list("category", flat=True))
    rows = [
        PromptTemplate(
            category=name, system=made.system, task=made.task, is_current=True, note="As Dexter brings it."
        )
        for name in LABELS
        if name not in known and (made := builtin(name, PLAIN))
    ]
    return len(PromptTemplate.objects.bulk_create(rows, ignore_conflicts=True))


def add_version(*, category: str, system: str, task: str, note: str = "", user: Any = None) -> PromptTemplate:
    """A new version of a category's template, which is used from now on. Old ones stay."""
    with transaction.atomic():
        rows = PromptTemplate.objects.filter(category=category)
        last = rows.aggregate(last=Max("version"))["last"] or 0
        rows.filter(is_current=True).update(is_current=False)
        return PromptTemplate.objects.create(
            category=category,
            version=last + 1,
            system=system,
            task=task,
            note=note,
            is_current=True,
            created_by=user if getattr(user, "pk", None) else None,
        )


def use_again(row: PromptTemplate) -> None:
    """Go back to this version."""
    with transaction.atomic():
        PromptTemplate.objects.filter(category=row.category, is_current=True).update(is_current=False)
        PromptTemplate.objects.filter(pk=row.pk).update(is_current=True)
