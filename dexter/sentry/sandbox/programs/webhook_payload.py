import json


def parse_gizmo(payload):
    gizmo = payload["data"]["gizmo"]
    return {"id": gizmo["id"], "amount": gizmo["frob_amount_zonk"], "buyer": payload["buyer"]["email"]}


def application(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    payload = json.loads(body)
    log.info("webhook for gizmo %s received", payload["data"]["gizmo"]["id"])
    parse_gizmo(payload)
