class GizmoRepository:
    def __init__(self, connection):
        self.connection = connection

    def frob(self, first, second):
        self.connection.execute("UPDATE gizmos SET frobbed_at = now() WHERE id = %(id)s", {"id": first})
        self.connection.execute("UPDATE gizmo_totals SET zonk = zonk + 1 WHERE gizmo_id = %(id)s", {"id": second})


def nightly_frob(batch):
    repository = GizmoRepository(db)
    for first, second in batch:
        repository.frob(first, second)


def main():
    batch = [(7001001, 7001002)]
    nightly_frob(batch)
