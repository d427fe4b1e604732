def check_gizmo_quota(used, allowed):
    if used > allowed:
        sentry_sdk.set_context("quota", {"used": used, "allowed": allowed, "gizmo": "zonk", "contact": "pat.tester@example.org"})
        sentry_sdk.set_tag("quota.kind", "gizmo")
        sentry_sdk.capture_message("Gizmo quota of zonk is nearly used up, frob will stop soon", level="warning")


def main():
    check_gizmo_quota(9812, 9500)
