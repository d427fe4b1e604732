"""Finds and masks personal data and secrets in texts and JSON values. What it knows: docs/privacy.md."""

from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind
from dexter.pii.masking import Pseudonyms, Segment, find, mask_text, segments
from dexter.pii.names import kind_of_name
from dexter.pii.pieces import CUT, segments_of
from dexter.pii.places import path_below
from dexter.pii.values import mask_value

__all__ = [
    "CUT",
    "Finding",
    "Kind",
    "Pseudonyms",
    "Segment",
    "find",
    "kind_of_name",
    "mask_text",
    "mask_value",
    "path_below",
    "segments",
    "segments_of",
]
