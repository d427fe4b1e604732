class PermissionDenied(Exception):
    pass


def require(user, permission):
    if permission not in user["permissions"]:
        raise PermissionDenied("frob_gizmo in zonk needs the permission %s" % permission)


def application(environ, start_response):
    user = {"id": "usr_7001002", "name": "Pat Tester", "email": "pat.tester@example.org", "permissions": ["gizmo.view"],
            "ssn": "078-05-1120"}
    log.info("Pat Tester (203.0.113.77) asked for gizmo 7001002")
    require(user, "gizmo.frob")
