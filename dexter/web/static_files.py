"""Static files by their hashed names, and pages that come even where nobody collected them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """A file that the manifest does not name keeps its plain name.

    Otherwise every page, those about errors included, would fail with nothing to read; like this they have no
    style, and `manage.py doctor` says why.
    """

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
