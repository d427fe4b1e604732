class GizmoSerializer:
    def frob_totals(self, gizmos):
        totals = []
        for gizmo_id in gizmos:
            rows = db.execute('SELECT "owners"."id", "owners"."name" FROM "owners" WHERE "owners"."gizmo_id" = %s', (gizmo_id,))
            totals.append(rows)
        return totals


def list_gizmos(site, owner_email):
    db.execute('SELECT "gizmos"."id" FROM "gizmos" WHERE "gizmos"."site" = %s', (site,))
    gizmos = list(range(7001002, 7001002 + 40))
    totals = GizmoSerializer().frob_totals(gizmos)
    db.execute('SELECT SUM("gizmos"."total") FROM "gizmos" WHERE "gizmos"."site" = %s', (site,))
    return totals


def application(environ, start_response):
    list_gizmos("zonk", "pat.tester@example.org")
