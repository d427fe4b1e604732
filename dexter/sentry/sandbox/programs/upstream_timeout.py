class ReadTimeout(Exception):
    pass


ReadTimeout.__module__ = "httpx"


class ZonkClient:
    base_url = "https://gizmos.zonk.example.net"
    api_key = "sk_live_7001001abcdefghijklmnop"

    def get(self, path, timeout):
        started = 0.0
        http.request("GET", self.base_url + path, None)
        raise ReadTimeout("The read operation timed out after %.1f seconds: GET %s%s" % (timeout, self.base_url, path))


def refresh_gizmos(client, page):
    return client.get("/v1/gizmos/frob?page=%d" % page, timeout=10.0)


def main():
    client = ZonkClient()
    for page in range(1, 4):
        cache.get("gizmos:page:%d" % page)
    return refresh_gizmos(client, 4)
