"""Reports as JSON, text, Markdown and SVG."""

from .markdown import markdown
from .plain import plain
from .svg import svg
from .values import from_value, to_value

__all__ = ["from_value", "markdown", "plain", "svg", "to_value"]
