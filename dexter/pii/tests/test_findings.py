import pytest

from dexter.pii import Finding, Kind
from dexter.pii.findings import settle

APART = (Finding(0, 3, Kind.EMAIL), Finding(3, 5, Kind.IP))


@pytest.mark.parametrize(
    ("found", "settled"),
    [
        ((), ()),
        (APART, APART),
        (tuple(reversed(APART)), APART),
        # One inside another: the outer one.
        ((Finding(0, 9, Kind.JWT), Finding(2, 5, Kind.IP)), (Finding(0, 9, Kind.JWT),)),
        # Two that cross: everything stays covered, the longer one gives the name.
        ((Finding(0, 6, Kind.PHONE), Finding(4, 7, Kind.IP)), (Finding(0, 7, Kind.PHONE),)),
        ((Finding(0, 4, Kind.PHONE), Finding(2, 9, Kind.IP)), (Finding(0, 9, Kind.IP),)),
        # The host behind a credential stays readable.
        ((Finding(0, 6, Kind.CREDENTIAL), Finding(4, 20, Kind.EMAIL)), (Finding(0, 6, Kind.CREDENTIAL),)),
        # What was filtered before is shown, so it must not name what is not.
        ((Finding(0, 9, Kind.FILTERED), Finding(8, 10, Kind.IP)), (Finding(0, 10, Kind.IP),)),
        ((Finding(0, 3, Kind.IP), Finding(2, 12, Kind.FILTERED)), (Finding(0, 12, Kind.IP),)),
    ],
)
def test_settle(found: tuple[Finding, ...], settled: tuple[Finding, ...]) -> None:
    assert settle(found) == settled
