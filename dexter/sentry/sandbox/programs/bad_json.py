import json


def read_gizmo_feed(text):
    return json.loads(text)


def sync_zonk():
    http.request("GET", "https://feeds.zonk.example.net/gizmos.json", 502)
    text = "<html><head><title>502 Bad Gateway</title></head><body>zonk gizmo feed</body></html>"
    try:
        return read_gizmo_feed(text)
    except ValueError as error:
        error.add_note("while frobbing gizmos from zonk")
        raise RuntimeError("The gizmo feed of zonk is not JSON; frob skipped") from error


def main():
    sync_zonk()
