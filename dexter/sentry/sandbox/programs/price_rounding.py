from decimal import Decimal


def parse_amount(text):
    return Decimal(text)


def frob_price(gizmo, discount):
    amount = parse_amount(gizmo["price"])
    return amount * (1 - discount)


def application(environ, start_response):
    gizmo = {"id": 7001002, "price": "12,90 zonk", "owner": {"email": "pat.tester@example.org", "phone": "+1 415 555 0142"}}
    try:
        frob_price(gizmo, Decimal("0.1"))
    except ArithmeticError as error:
        raise ValueError("Price of gizmo in zonk is not a number: cannot frob") from error
