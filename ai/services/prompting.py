"""From an event to what is sent, and from an answer to its check: the one place that knows ai.prompts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ai.llm import Message
from ai.models import Explanation
from ai.prompts import SUMMARY, Marker, Prompt, RuleSummary, Template, build, category_of, check, rules
from ai.queries.context import context_of, plain_context, short_context
from ai.services.templates import template_for
from issues.models import Event


@dataclass(frozen=True)
class Prepared:
    """What will be sent. `parts` describe what it is made of, `markers` what may be cited."""

    messages: tuple[Message, ...]
    context_hash: str
    estimated_tokens: int
    category: str
    template_version: str
    parts: tuple[Mapping[str, Any], ...] = ()
    markers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept on the row of the explanation."""
        return {
            "messages": [{"role": item.role, "content": item.content} for item in self.messages],
            "parts": [dict(part) for part in self.parts],
            "markers": {marker: dict(about) for marker, about in self.markers.items()},
        }


@dataclass(frozen=True)
class CheckedAnswer:
    """What an answer cites, as it is kept on the row."""

    citations: list[dict[str, Any]]
    invented: list[str]
    is_grounded: bool


def prepare(
    event: Event,
    *,
    question: str = "",
    follows: Explanation | None = None,
    left_out: Sequence[str] = (),
    budget: int,
    template: Template | None = None,
) -> Prepared:
    """What would be sent about `event`, masked, within `budget` tokens.

    Without a `template` the current one of the event's category.
    """
    context = context_of(event, question=question, history=_history(follows))
    chosen = template or template_for(category_of(context.payload))
    return _prepared(build(context, template=chosen, budget_tokens=budget, leave_out=left_out), chosen)


def prepare_summary(event: Event, *, budget: int) -> Prepared:
    """What is sent to have the issue of `event` said in one line, masked, within `budget` tokens."""
    return _prepared(build(short_context(event), template=SUMMARY, budget_tokens=budget), SUMMARY)


def _prepared(prompt: Prompt, template: Template) -> Prepared:
    return Prepared(
        messages=tuple(Message(role, text) for role, text in prompt.messages),
        context_hash=prompt.context_hash,
        estimated_tokens=prompt.estimated_tokens,
        category=prompt.category,
        template_version=template.version,
        parts=tuple(
            {
                "name": part.name,
                "label": part.label,
                "tokens": part.tokens,
                "is_required": part.is_required,
                "is_left_out": part.is_left_out,
            }
            for part in prompt.parts
        ),
        markers={name: asdict(marker) for name, marker in prompt.markers.items()},
    )


def _history(follows: Explanation | None) -> tuple[tuple[str, str], ...]:
    """The question and the answer before this one."""
    if follows is None or not follows.text:
        return ()
    return ("user", follows.question or "Explain this error."), ("assistant", follows.text)


def rule_summary(event: Event) -> RuleSummary:
    """What can be said of an event without any model."""
    return rules.summary(plain_context(event))


def check_answer(text: str, sent: Mapping[str, Any]) -> CheckedAnswer:
    """Which of the markers in the answer were in what was sent."""
    markers = {name: Marker(**about) for name, about in sent.get("markers", {}).items()}
    found = check(text, markers)
    citations = [
        {"marker": item.marker, "count": item.count, **asdict(item.about)} for item in found.citations
    ]
    return CheckedAnswer(citations, list(found.invented), found.grounded)
