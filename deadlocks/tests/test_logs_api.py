"""A log shipper sends a log, and asks what was found in it."""

import gzip
import json

import pytest

from deadlocks.models import LogFile
from deadlocks.services import logs
from deadlocks.tests.test_joined import LOST, WHEN
from deadlocks.tests.test_logs import report, server_log
from deadlocks.tests.test_reports import make_deadlock
from dexter.web.tokens import make_token
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/v1/deadlocks/logs/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.LOGS_DIR = tmp_path / "logs"


@pytest.fixture
def shipper(client):
    """Posts a body with a token that may write."""
    token = make_token(make_user("shipper"), name="vector", can_write=True)[1]
    headers = {"Authorization": f"Bearer {token}"}

    def post(body: bytes, kind: str = "text/plain", address: str = ADDRESS):
        return client.post(address, body, content_type=kind, headers=headers)

    post.get = lambda address: client.get(address, headers=headers)
    return post


def json_lines(log: bytes) -> bytes:
    return b"\n".join(
        json.dumps({"message": line, "host": "db1"}).encode() for line in log.decode().splitlines()
    )


@pytest.mark.parametrize(
    ("pack", "kind"),
    [(bytes, "text/plain"), (gzip.compress, "application/gzip"), (json_lines, "application/x-ndjson")],
)
def test_a_log_is_taken_in_and_read(shipper, pack, kind):
    body = pack(server_log(2))
    answer = shipper(body, kind, f"{ADDRESS}?name=db1")
    assert answer.status_code == 202
    sent = answer.json()
    assert (sent["name"], sent["bytes"], sent["state"]) == ("db1", len(body), "done")
    got = shipper.get(f"{ADDRESS}{sent['id']}/").json()
    assert (got["found"], got["next"], got["read"]) == (2, None, len(body))
    assert [found["cycle"] for found in got["reports"]] == [[70, 71], [72, 73]]


def test_reports_are_masked(shipper):
    address = f"{ADDRESS}?name=of+ada@example.com"
    key = shipper(report(mail="ada@example.com").encode(), address=address).json()["id"]
    said = shipper.get(f"{ADDRESS}{key}/").content.decode()
    assert "of [email]" in said
    assert "ada@example.com" not in said


def test_reports_come_ten_at_a_time(shipper):
    key = shipper(server_log(23)).json()["id"]
    address, pids = f"{ADDRESS}{key}/", []
    while address:
        answer = shipper.get(address).json()
        assert len(answer["reports"]) <= 10
        pids += [found["victim"]["pid"] for found in answer["reports"]]
        address = answer["next"]
        assert address is None or address.startswith("http://")
    assert pids == list(range(70, 116, 2))


def test_a_log_without_deadlocks_says_what_it_is(shipper):
    key = shipper(b"ERROR:  canceling statement due to lock timeout").json()["id"]
    got = shipper.get(f"{ADDRESS}{key}/").json()
    assert (got["found"], got["reports"]) == (0, [])
    assert "lock timeout" in got["looks_like"]


def test_an_empty_body_and_one_that_is_too_large_leave_nothing(shipper, settings):
    empty = shipper(b"")
    assert (empty.status_code, empty.json()["error"]["code"]) == (400, "bad_request")
    settings.LOG_MAX_MB = 0
    assert shipper(b"x").status_code == 413
    assert list(logs.folder().iterdir()) == []
    assert not LogFile.objects.exists()


def test_who_may(client, shipper):
    reading = make_token(make_user("reader"), name="read only")[1]
    refused = client.post(
        ADDRESS, b"x", content_type="text/plain", headers={"Authorization": f"Bearer {reading}"}
    )
    assert refused.status_code == 403
    assert client.post(ADDRESS, b"x", content_type="text/plain").status_code == 401
    key = shipper(server_log(1)).json()["id"]
    theirs = client.get(f"{ADDRESS}{key}/", headers={"Authorization": f"Bearer {reading}"})
    assert theirs.status_code == 404


def test_what_a_shipper_asked_to_keep_is_kept_and_tells_the_events(shipper):
    row = make_deadlock(text=LOST, date=WHEN)
    quiet = shipper(b"2026-11-20 10:00:00 UTC [1] LOG:  checkpoint\n" * 3, address=f"{ADDRESS}?keep=1").json()
    sent = shipper(report().encode(), address=f"{ADDRESS}?name=db1&keep=1").json()
    assert shipper.get(f"{ADDRESS}{quiet['id']}/").json()["kept"] is False
    assert shipper.get(f"{ADDRESS}{sent['id']}/").json()["kept"] is True
    got = shipper.get(f"/api/v1/deadlocks/{row.pk}/").json()
    assert got["report"]["processes"][1]["statement"] == "UPDATE account SET n = 2 WHERE id = 5"
    assert got["origins"]["Statement of 71"] == "log"
    assert got["log"] == f"/deadlocks/logs/{sent['id']}/?from=0"
