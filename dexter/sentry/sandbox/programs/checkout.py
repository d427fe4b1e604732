from dataclasses import dataclass


class CheckoutError(Exception):
    pass


@dataclass
class Gizmo:
    id: int
    total: float
    currency: str


class GizmoGateway:
    def frob(self, gizmo, customer):
        card_number = customer["card"]["number"]
        headers = {"Authorization": "Bearer tok_live_7001002pattester", "X-Request-Id": "7001002"}
        http.request("POST", "https://payments.example.com/v2/gizmos/7001002/frob", 402)
        answer = {"error": {"decline_reason": "insufficient_funds"}, "id": 7001002}
        return answer["status"]


def frob_gizmo(gizmo, customer):
    gateway = GizmoGateway()
    try:
        return gateway.frob(gizmo, customer)
    except KeyError as error:
        raise CheckoutError("Cannot frob gizmo in zonk: the gateway's answer has no %s" % error) from error


def view(request):
    customer = {
        "name": "Pat Tester",
        "email": "pat.tester@example.org",
        "phone": "+1 415 555 0142",
        "card": {"number": "4111 1111 1111 1111", "holder": "Pat Tester"},
        "password": "hunter2-7001002",
    }
    db.execute('SELECT "gizmos"."id", "gizmos"."total" FROM "gizmos" WHERE "gizmos"."id" = %s', (7001002,))
    db.execute('SELECT "customers"."id" FROM "customers" WHERE "customers"."email" = %s', ("pat.tester@example.org",))
    log.info("frobbing gizmo 7001002 for pat.tester@example.org")
    return frob_gizmo(Gizmo(7001002, 129.9, "EUR"), customer)


def application(environ, start_response):
    view(environ)
