"""Numbers and times as the pages write them. Pure: values in, text out."""

from datetime import UTC, datetime, timedelta

_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "s"),
    (timedelta(hours=1), timedelta(minutes=1), "min"),
    (timedelta(days=1), timedelta(hours=1), "h"),
    (timedelta(days=21), timedelta(days=1), "d"),
    (timedelta(days=60), timedelta(days=7), "wk"),
    (timedelta(days=365), timedelta(days=30), "mo"),
)


def short_number(value: int) -> str:
    """Three figures at most: 96, 4.2k, 38k, 1.3M.

    >>> short_number(999), short_number(4218), short_number(37_900), short_number(1_250_000)
    ('999', '4.2k', '38k', '1.2M')
    """
    for limit, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if abs(value) >= limit * 0.9995:
            scaled = value / limit
            text = f"{scaled:.0f}" if abs(scaled) >= 9.95 else f"{scaled:.1f}".removesuffix(".0")
            return text + unit
    return str(value)


def full_number(value: int) -> str:
    """With thousands separators: 4,218."""
    return f"{value:,}"


def percent(value: float) -> str:
    """Whole percent, and "<1" for a share that would round to nothing but is not nothing."""
    return "<1" if 0 < value < 1 else str(round(value))


def span(length: timedelta) -> str:
    """The length in its largest sensible unit: 40 s, 6 min, 3 h, 12 d, 6 wk, 4 mo, 1 y."""
    for limit, unit, name in _STEPS:
        if length < limit:
            return f"{max(0, length // unit)} {name}"
    return f"{length // timedelta(days=365)} y"


def ago(moment: datetime, now: datetime) -> str:
    """How long `moment` lies back: "now" under a minute, "in 5 min" when it lies ahead."""
    passed = now - moment
    if abs(passed) < timedelta(minutes=1):
        return "now"
    return f"{span(passed)} ago" if passed > timedelta(0) else f"in {span(-passed)}"


def utc(moment: datetime) -> str:
    """To the second: 2026-11-19 21:58:04 UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def initials(name: str) -> str:
    """Of the first two words; of an address, its first two letters.

    >>> initials("Priya Nair"), initials("priya@example.org"), initials("")
    ('PN', 'PR', '?')
    """
    words = name.split("@")[0].replace(".", " ").replace("#", " ").replace("_", " ").split()
    if not words:
        return "?"
    return (words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]).upper()


def hue(name: str) -> int:
    """Which of the six avatar colours; the same for the same name everywhere."""
    return sum(map(ord, name)) % 6
