def frob_gizmo(gizmo_id, attempt):
    http.request("POST", "https://zonk.example.net/gizmos/frob", 503)
    log.warning("gizmo %s answered slowly (%d ms)", gizmo_id, 2713)
    log.error("Gizmo frob in zonk failed %s times, giving up on %s", attempt, "zonk")


def main():
    token = "tok_live_7001002pattester"
    frob_gizmo(7001002, 5)
