def claim_gizmo(cursor, worker):
    cursor.execute("SELECT id FROM gizmo_jobs WHERE state = 'queued' AND site = %s ORDER BY id FOR UPDATE", ("zonk",))
    cursor.execute("UPDATE gizmo_jobs SET worker = %s WHERE id = %s", (worker, 7001002))


def frob_loop(cursor):
    worker = "frob-worker-3"
    claimed_for = "pat.tester@example.org"
    return claim_gizmo(cursor, worker)


def main():
    frob_loop(db)
