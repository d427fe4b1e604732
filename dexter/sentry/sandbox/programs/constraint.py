def save_gizmo(code, owner_email):
    db.execute("INSERT INTO gizmos (code, owner_email, zonk) VALUES (%s, %s, %s)", (code, owner_email, True))


def frob_gizmo(form):
    db.execute("SELECT 1 FROM gizmos WHERE code = %s", (form["code"],))
    save_gizmo(form["code"], form["email"])


def application(environ, start_response):
    form = {"code": "GZ-7001002", "email": "pat.tester@example.org", "csrfmiddlewaretoken": "tok_live_7001002pattester"}
    frob_gizmo(form)
