import socket


class GizmoQueue:
    def __init__(self, host, port):
        self.host = host
        self.port = port

    def publish(self, message):
        with socket.socket() as connection:
            connection.connect((self.host, self.port))
            connection.sendall(message)


def frob_gizmo(queue, gizmo_id, recipient):
    message = b'{"gizmo": 7001002, "notify": "pat.tester@example.org"}'
    try:
        queue.publish(message)
    except ConnectionRefusedError as error:
        raise ConnectionError("Cannot frob gizmo: no queue in zonk at gizmo-queue:5672") from error


def main():
    log.warning("retrying gizmo queue in zonk (attempt 3 of 3)")
    frob_gizmo(GizmoQueue("127.0.0.1", 1), 7001002, "Pat Tester")
