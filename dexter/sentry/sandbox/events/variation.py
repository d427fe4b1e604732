"""What differs from event to event in a fixed rhythm (see `world.streams.PHASES`): place, browser, server."""

from functools import cache

from dexter.sentry.sandbox.world.streams import PHASES

ENVIRONMENTS = ("production", "staging", "development")
# Which environments a stream's events come from, as weights out of PHASES.
PROFILES = ((60, 0, 0), (48, 12, 0), (40, 14, 6), (0, 60, 0), (0, 0, 60))

BROWSERS = (
    ("Chrome", "141.0.0"), ("Chrome", "140.0.0"), ("Firefox", "144.0"), ("Safari", "18.6"),
    ("Edge", "141.0.0"), ("Chrome Mobile", "141.0.0"),
)  # fmt: skip
SYSTEMS = (("Mac OS X", "10.15.7"), ("Windows", "11"), ("Linux", "6.8"), ("iOS", "18.6.2"), ("Android", "15"))
SYSTEM_OF_BROWSER = (0, 1, 2, 3, 1, 4)
PLANS = ("free", "free", "team", "team", "business", "enterprise")
REGIONS = ("eu-west-1", "eu-west-1", "us-east-1", "ap-south-1")
RUNTIME = ("CPython", "3.12.11")


def environment_of(profile: int, phase: int) -> str:
    production, staging, _ = PROFILES[profile]
    place = phase * 37 % PHASES  # spread, so that the rarer environments do not come in runs
    if place < production:
        return ENVIRONMENTS[0]
    return ENVIRONMENTS[1] if place < production + staging else ENVIRONMENTS[2]


def browser_of(phase: int) -> int:
    """An index into BROWSERS; the first is the most frequent."""
    return min(phase % 10 // 2 if phase % 3 else 0, len(BROWSERS) - 1)


def server_of(phase: int, is_web: bool) -> str:
    return f"{'web' if is_web else 'worker'}-{phase % 4 + 1}"


@cache
def phase_tags(phase: int, profile: int, is_web: bool, is_browser: bool) -> dict[str, str]:
    """The tags an event has because of its phase; keys as Sentry names them. Shared: not to be changed."""
    tags = {
        "environment": environment_of(profile, phase),
        "plan": PLANS[phase % len(PLANS)],
        "region": REGIONS[phase % len(REGIONS)],
    }
    if is_web or is_browser:
        browser = BROWSERS[browser_of(phase)]
        system = SYSTEMS[SYSTEM_OF_BROWSER[browser_of(phase)]]
        kind = "os" if is_browser else "client_os"
        tags |= {
            "browser": " ".join(browser),
            "browser.name": browser[0],
            kind: " ".join(system),
            f"{kind}.name": system[0],
        }
    if not is_browser:
        tags |= {
            "server_name": server_of(phase, is_web),
            "runtime": " ".join(RUNTIME),
            "runtime.name": RUNTIME[0],
        }
    return tags
