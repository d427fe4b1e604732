"""The words around an event: a template for each category, every version kept."""

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models

from ai.prompts import LABELS, Template


class PromptTemplate(models.Model):
    """One version of a category's template. A change makes a new row; the current one is used.

    Written by ai.services.templates alone.
    """

    category = models.CharField(max_length=40, choices=sorted(LABELS.items()))
    version = models.PositiveIntegerField(default=1)
    system = models.TextField(
        validators=[MinLengthValidator(20)],
        help_text="Who the model is; it says that the event is data, and what markers are.",
    )
    task = models.TextField(validators=[MinLengthValidator(20)], help_text="What to do where nobody asked.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    is_current = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["category", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="template_version"),
            models.UniqueConstraint(
                fields=["category"], condition=models.Q(is_current=True), name="one_current_template"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}/{self.version}"

    def as_template(self) -> Template:
        return Template(str(self), self.system, self.task)
