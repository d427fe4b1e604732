import pytest

from dexter.bench import figure, percentile, times


@pytest.mark.parametrize(
    ("samples", "share", "expected"),
    [
        ([5], 0.95, 5),
        ([1, 2], 0.5, 1),
        ([3, 1, 2], 0.5, 2),
        (range(1, 101), 0.95, 95),
        (range(1, 101), 0.5, 50),
        (range(1, 101), 1, 100),
        (range(1, 11), 0.95, 10),
        ([4, 2], 0, 2),
    ],
)
def test_percentile(samples: list[float], share: float, expected: float) -> None:
    assert percentile(samples, share) == expected


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(IndexError):
        percentile([], 0.5)


def test_warm_calls_do_not_count() -> None:
    calls: list[int] = []
    assert len(times(lambda: calls.append(1), repeat=5, warm=2)) == 5
    assert len(calls) == 7


def test_a_figure_says_whether_its_bar_is_held() -> None:
    found = figure("list", [10.0] * 99 + [80.0], bar_ms=50, rows=100)
    assert found == {
        "figure": "list", "n": 100, "p50_ms": 10.0, "p95_ms": 10.0, "max_ms": 80.0,
        "bar": "p95 < 50 ms", "held": True, "rows": 100,
    }  # fmt: skip
    assert figure("list", [60.0], bar_ms=50)["held"] is False
    assert "held" not in figure("list", [60.0])
