import httpx
import pytest

from dexter.sentry.sandbox.clock import parse_iso
from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import EVERYTHING, ISSUES, read_all


def busiest(client: httpx.Client) -> dict[str, object]:
    found: dict[str, object] = client.get(ISSUES, params={**EVERYTHING, "sort": "freq", "limit": 1}).json()[0]
    return found


def test_as_many_events_as_the_count_says(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        for row in client.get(ISSUES, params={**EVERYTHING, "limit": 12}).json():
            events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
            assert str(len(events)) == row["lifetime"]["count"]
            assert len({event["id"] for event in events}) == len(events)


def test_events_are_newest_first_and_span_the_issue(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = busiest(client)
        events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
    times = [parse_iso(event["dateCreated"]) for event in events]
    assert times == sorted(times, reverse=True)
    assert times[0] == int(parse_iso(str(row["lastSeen"])))
    assert times[-1] == int(parse_iso(str(row["firstSeen"])))


@pytest.mark.parametrize("period", ["24h", "14d"])
def test_buckets_agree_with_the_events(shared_sandbox: SandboxServer, period: str) -> None:
    with shared_sandbox.http() as client:
        for row in client.get(ISSUES, params={**EVERYTHING, "groupStatsPeriod": period, "limit": 15}).json():
            events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
            times = [parse_iso(event["dateCreated"]) for event in events]
            series = row["stats"][period]
            width = series[1][0] - series[0][0]
            assert [sum(start <= time < start + width for time in times) for start, _ in series] == [
                count for _, count in series
            ]


def test_tag_counts_agree_with_the_events(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = busiest(client)
        events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
        for key in ("environment", "release", "level", "region"):
            told = {
                value["value"]: value["count"]
                for value in client.get(f"{ISSUES}{row['id']}/tags/{key}/").json()["topValues"]
            }
            seen: dict[str, int] = {}
            for event in events:
                value = next(tag["value"] for tag in event["tags"] if tag["key"] == key)
                seen[value] = seen.get(value, 0) + 1
            assert told == seen


def test_user_count_agrees_with_the_events(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        for row in client.get(ISSUES, params={**EVERYTHING, "limit": 15}).json():
            events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
            people = {event["user"]["id"] for event in events if event["user"]}
            assert len(people) == row["lifetime"]["userCount"]


def test_neighbours_chain_all_events(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = client.get(
            ISSUES, params={**EVERYTHING, "query": "timesSeen:>3 timesSeen:<12", "limit": 1}
        ).json()[0]
        path = f"{ISSUES}{row['id']}/events/"
        event = client.get(f"{path}oldest/").json()
        chain = [event["id"]]
        assert event["previousEventID"] is None
        while event["nextEventID"]:
            event = client.get(f"{path}{event['nextEventID']}/").json()
            assert event["previousEventID"] == chain[-1]
            chain.append(event["id"])
        assert chain == [found["id"] for found in reversed(read_all(client, path, statsPeriod="200d"))]
        assert client.get(f"{path}latest/").json()["id"] == chain[-1]


def test_full_events_have_entries_and_short_ones_not(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        path = f"{ISSUES}{busiest(client)['id']}/events/"
        assert "entries" in client.get(path, params={"full": "1", "per_page": 1}).json()[0]
        assert "entries" not in client.get(path, params={"per_page": 1}).json()[0]


def test_an_event_is_found_by_id_everywhere(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = busiest(client)
        event = client.get(f"{ISSUES}{row['id']}/events/latest/").json()["id"]
        project = row["project"]["slug"]  # type: ignore[index]
        assert client.get(f"projects/acme/{project}/events/{event}/").json()["groupID"] == row["id"]
        assert client.get(f"organizations/acme/eventids/{event}/").json()["groupId"] == row["id"]
        assert client.get(f"{ISSUES}{row['id']}/events/{'0' * 32}/").status_code == 404


def test_events_of_an_environment_only(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = busiest(client)
        params = {"environment": "staging", "statsPeriod": "200d", "per_page": 100}
        events = client.get(f"{ISSUES}{row['id']}/events/", params=params).json()
    tags = [{tag["key"]: tag["value"] for tag in event["tags"]}["environment"] for event in events]
    assert set(tags) <= {"staging"}
