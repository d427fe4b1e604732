"""What a person can do to an issue: a value per action, what it changes here, and what Sentry is told.

Pure. An action is parsed from a form or the API (`parse`), applied to the cached columns (`changes`), sent as
the body of a PUT (`body`) and taken back by another action (`inverse`).
"""

from issues.actions.columns import COLUMNS, changes, inverse
from issues.actions.parsing import parse
from issues.actions.values import BULK, IRREVERSIBLE, Action, InvalidAction, Kind, needs
from issues.actions.wire import archive_substatus, body
from issues.actions.wording import ARCHIVE_WORDS, words

__all__ = [
    "ARCHIVE_WORDS",
    "BULK",
    "COLUMNS",
    "IRREVERSIBLE",
    "Action",
    "InvalidAction",
    "Kind",
    "archive_substatus",
    "body",
    "changes",
    "inverse",
    "needs",
    "parse",
    "words",
]
