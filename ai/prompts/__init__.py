"""What a model is asked about an event, what its answer cites, and what rules say without one. No Django.

prompt = build(Context(payload=event), budget_tokens=6000)
checked = check(answer, prompt.markers)
"""

from ai.prompts import rules
from ai.prompts.building import PLAIN, build, estimate
from ai.prompts.categories import LABELS, builtin, category_of
from ai.prompts.citing import check, single
from ai.prompts.lines import SCHEMA as SUMMARY_SCHEMA
from ai.prompts.lines import SUMMARY, one_line
from ai.prompts.people import Person, those_in
from ai.prompts.values import (
    Checked,
    Citation,
    Context,
    Extra,
    Line,
    Marker,
    Part,
    Prompt,
    RuleSummary,
    Template,
)  # fmt: skip

__all__ = [
    "LABELS",
    "PLAIN",
    "SUMMARY",
    "SUMMARY_SCHEMA",
    "Checked",
    "Citation",
    "Context",
    "Extra",
    "Line",
    "Marker",
    "Part",
    "Person",
    "Prompt",
    "RuleSummary",
    "Template",
    "build",
    "builtin",
    "category_of",
    "check",
    "estimate",
    "one_line",
    "rules",
    "single",
    "those_in",
]
