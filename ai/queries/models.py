"""Which models there are, and in which order they are asked."""

from django.db.models import QuerySet

from ai.models import LanguageModel, Provider


def usable_models() -> QuerySet[LanguageModel]:
    """The models that may be asked, the default first."""
    return LanguageModel.objects.filter(enabled=True, provider__enabled=True).select_related("provider")


def chain_from(chosen_id: int | None) -> list[LanguageModel]:
    """The models to ask in turn: the chosen one (else the default), then those that may stand in for it."""
    models = list(usable_models())
    if not models:
        return []
    first = next((model for model in models if model.pk == chosen_id), models[0])
    return [first, *(model for model in models if model.is_fallback and model.pk != first.pk)]


def providers_with_models() -> list[Provider]:
    """All servers, those that are switched off too, with their models; two queries."""
    return list(Provider.objects.prefetch_related("language_models"))
