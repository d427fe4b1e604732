class Account:
    def __init__(self, email, profile):
        self.email = email
        self.profile = profile


def load_account(session_key):
    db.execute('SELECT "accounts"."id", "accounts"."email" FROM "accounts" WHERE "accounts"."session" = %s', (session_key,))
    return Account("pat.tester@example.org", None)


def gizmo_preferences(account):
    return account.profile.gizmo_frob_zonk


def application(environ, start_response):
    cache.get("session:sess_7001002")
    account = load_account("sess_7001002")
    preferences = gizmo_preferences(account)
    start_response("200 OK", [])
    return [preferences]
