"""Tables of the ai app. Import them from here."""

from ai.models.call import ModelCall
from ai.models.description import Description
from ai.models.dismissal import Dismissal
from ai.models.explanation import Explanation, Feedback
from ai.models.provider import LanguageModel, Provider
from ai.models.summary import Summary
from ai.models.template import PromptTemplate

__all__ = [
    "Description",
    "Dismissal",
    "Explanation",
    "Feedback",
    "LanguageModel",
    "ModelCall",
    "PromptTemplate",
    "Provider",
    "Summary",
]
