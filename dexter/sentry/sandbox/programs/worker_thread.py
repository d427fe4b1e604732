import threading


class GizmoBuffer:
    def __init__(self):
        self.items = {"gizmo": 7001002}

    def frob(self):
        for key in self.items:
            self.items[key + "-zonk"] = 1


def consume(buffer):
    buffer.frob()


def main():
    buffer = GizmoBuffer()
    cache.get("gizmo:zonk:cursor")
    consume(buffer)
