"""Stands where the database driver and the ORM would: leaves breadcrumbs as their integrations do, raises what it is told."""


class Cursor:
    def __init__(self, breadcrumb, failures):
        self.breadcrumb = breadcrumb
        self.failures = failures

    def execute(self, query, params=()):
        self.breadcrumb(query, params)
        for needle, error in self.failures:
            if needle in query:
                raise error
        return [(7001002, "gizmo", 3)]


class CursorWrapper:
    def __init__(self, cursor, wrap):
        self.cursor = cursor
        self.wrap = wrap

    def execute(self, sql, params=()):
        try:
            return self.cursor.execute(sql, params)
        except Exception as exc:
            raise self.wrap(exc, sql, params) from exc
