"""Forms of the settings page."""

from typing import Any

from django import forms

from dexter.web.models import Preference


class PreferenceForm(forms.ModelForm):
    """All that a person may choose. A part of it can be posted alone: what is absent stays as it was."""

    class Meta:
        model = Preference
        fields = [
            "mode", "contrast", "density", "default_sort", "page_size", "stack_mode", "split", "shortcuts",
            "email",
        ]  # fmt: skip
        labels = {
            "mode": "Colours",
            "default_sort": "Sort lists by",
            "page_size": "Issues on a page",
            "stack_mode": "Stack traces begin with",
            "split": "Show the issue beside the list on wide screens",
            "shortcuts": "Act on single keys",
            "email": "Send an e-mail of what comes into the inbox",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "input"

    def keep_only_posted(self) -> None:
        """Drops the fields that the request does not speak of; a checkbox speaks by `<name>_shown`."""
        for name in list(self.fields):
            if name not in self.data and f"{name}_shown" not in self.data:
                del self.fields[name]


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        label="What it is for",
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "nightly report"}),
    )
    can_write = forms.BooleanField(required=False, label="May change issues, not only read them")
