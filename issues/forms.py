"""Forms of the list."""

from django import forms

from issues.models import SavedView


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query", "sort", "is_shared"]
