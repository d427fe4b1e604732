# ruff: noqa: S608  advice is text to read, nothing runs it
"""Names of tables, keys and locks as advice spells them."""

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.sql import Statement


def table_of(case: Case) -> str:
    for statement in case.statements:
        if statement.target:
            return quoted(statement.target)
    return quoted(case.relation) if case.relation else "the_table"


def tables_of(case: Case) -> list[str]:
    return list(dict.fromkeys(quoted(t) for s in case.statements for t in s.tables)) or [table_of(case)]


def quoted(name: str) -> str:
    """A dotted name, quoted where PostgreSQL would not read it back."""
    return ".".join(quoted_part(part) for part in name.split("."))


def quoted_part(part: str) -> str:
    plain = (
        part.isascii()
        and part.replace("_", "a").isalnum()
        and part == part.lower()
        and not part[:1].isdigit()
    )
    return part if plain else '"' + part.replace('"', '""') + '"'


def key_of(case: Case) -> str:
    for statement in case.statements:
        if statement.row_lock and statement.keys:
            return quoted_part(statement.keys[0][0])
    return "id"


def row_statements(case: Case) -> list[Statement]:
    return [s for s in case.statements if s.row_lock]


def strength_of(case: Case) -> str:
    strong = any(s.row_lock == "FOR UPDATE" for s in row_statements(case))
    return "UPDATE" if strong or not row_statements(case) else "NO KEY UPDATE"


def mode_words(mode: str) -> str:
    parts: list[str] = []
    for letter in mode.removesuffix("Lock"):
        if letter.isupper():
            parts.append("")
        parts[-1] += letter
    return " ".join(parts).upper()
