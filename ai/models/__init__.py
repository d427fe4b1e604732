"""Tables of the ai app. Import them from here."""

from ai.models.explanation import Explanation, Feedback
from ai.models.provider import LanguageModel, Provider

__all__ = ["Explanation", "Feedback", "LanguageModel", "Provider"]
