"""What is sent to a model: messages, with the room and the options that the model was given."""

from collections.abc import Mapping, Sequence
from typing import Any

from ai.llm import Message, Question
from ai.models import LanguageModel


def question_for(
    model: LanguageModel, messages: Sequence[Message], schema: Mapping[str, Any] | None = None
) -> Question:
    """With `schema` the answer is to be JSON that fits it."""
    return Question(
        model=model.name,
        messages=messages,
        context_size=model.context_size,
        max_tokens=model.answer_size,
        options=model.options,
        schema=schema,
    )


def kept_messages(sent: Mapping[str, Any]) -> list[Message]:
    """The messages out of a row's `sent`."""
    return [Message(item["role"], item["content"]) for item in sent["messages"]]
