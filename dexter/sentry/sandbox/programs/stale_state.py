class InvalidTransition(AssertionError):
    pass


class GizmoState:
    allowed = {"draft": ["frobbed"], "frobbed": ["archived"]}

    def __init__(self, name):
        self.name = name

    def move(self, to):
        if to not in self.allowed.get(self.name, []):
            raise InvalidTransition("gizmo cannot go from %s to %s while zonk is open" % (self.name, to))


def frob_task(gizmo_id, retries):
    db.execute("SELECT state FROM gizmos WHERE id = %s FOR UPDATE", (gizmo_id,))
    state = GizmoState("archived")
    state.move("frobbed")


def main():
    sentry_sdk.set_tag("queue", "zonk")
    sentry_sdk.set_context("celery-job", {"task_name": "gizmos.tasks.frob_task", "args": [7001002], "kwargs": {"retries": 2}})
    frob_task(7001002, retries=2)
