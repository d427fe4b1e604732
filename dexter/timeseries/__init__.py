"""Event counts over time: joined and stored, cut into periods, and drawn as bars. Pure, no database."""

from .drawing import Bar, SparkPaths, Tick, TimeTick, columns, scale, sparkline, time_ticks
from .periods import PERIODS, Bucket, Period, PeriodName, compared, peak, summary, total, window
from .series import Series, from_json, from_pairs, merge, resample, to_json

__all__ = [
    "PERIODS", "Bar", "Bucket", "Period", "PeriodName", "Series", "SparkPaths", "Tick", "TimeTick", "columns",
    "compared", "from_json", "from_pairs", "merge", "peak", "resample", "scale", "sparkline", "summary",
    "time_ticks", "to_json", "total", "window",
]  # fmt: skip
