def read_template(name):
    with open("/srv/templates/" + name) as template:
        return template.read()


def frob_letter(gizmo_id, recipient):
    password = "hunter2-7001002"
    body = read_template("gizmo_frob_zonk.html")
    return body.format(gizmo=gizmo_id, name=recipient["name"])


def main():
    recipient = {"name": "Pat Tester", "email": "pat.tester@example.org", "iban": "DE89 3704 0044 0532 0130 00"}
    frob_letter(7001002, recipient)
