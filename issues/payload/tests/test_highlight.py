import re

import pytest

from issues.payload.highlight import LANGUAGES, MAX_LENGTH, MAX_LINE, highlight, lexer_for


def plain(html: str) -> str:
    return re.sub(r"</?span[^>]*>", "", html)


def test_python_by_its_file_name() -> None:
    (line,) = highlight(['if x == 1:  return "a"  # why'], filename="shop/cart.py")
    assert line == (
        '<span class="k">if</span> x == <span class="n">1</span>:  <span class="k">return</span> '
        '<span class="s">&quot;a&quot;</span>  <span class="c"># why</span>'
    )


@pytest.mark.parametrize(
    ("filename", "platform", "language"),
    [
        ("a.py", "", "Python"),
        ("src/app.js?v=1", "python", "JavaScript"),
        ("webpack:///x/App.tsx", "javascript", "TSX"),
        ("<anonymous>", "node-express", "JavaScript"),
        ("Cart.unknown", "java", "Java"),
        ("Makefile", "java", "Makefile"),
        ("", "ruby", "Ruby"),
    ],
)
def test_the_language(filename: str, platform: str, language: str) -> None:
    lexer = lexer_for(filename, platform)
    assert lexer is not None
    assert lexer.name == language


def test_code_of_no_known_language_is_only_escaped() -> None:
    assert lexer_for("", "fortran") is None
    assert highlight(["<b>", "'x'"], filename="a.unknown") == ["&lt;b&gt;", "&#x27;x&#x27;"]


@pytest.mark.parametrize("filename", ["a.py", "a.js", "a.html", "a.php", "a.unknown"])
@pytest.mark.parametrize(
    "line", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;", "'</td>'"]
)
def test_markup_in_code_stays_text(filename: str, line: str) -> None:
    (html,) = highlight([line], filename=filename)
    assert "<" not in plain(html)
    assert ">" not in plain(html)
    assert re.findall(r'<span class="([^"]*)">', html) == [
        style for style in re.findall(r"<span class=\"([^\"]*)\">", html) if style in "ksnc"
    ]


@pytest.mark.parametrize("filename", ["a.py", "a.js", "a.rb", "a.unknown"])
def test_the_number_of_lines_never_changes(filename: str) -> None:
    lines = ["", '"""open', "text", "", "x\r", "a\nb", "\x0c", ""]
    found = highlight(lines, filename=filename)
    assert len(found) == len(lines)
    assert plain(found[1]) == "&quot;&quot;&quot;open"


@pytest.mark.parametrize("lines", [["if " * MAX_LINE], ["if  "] * MAX_LENGTH])
def test_minified_and_endless_code_is_only_escaped(lines: list[str]) -> None:
    assert highlight(lines, filename="a.js") == lines


@pytest.mark.parametrize("platform", LANGUAGES)
def test_every_platform_has_a_lexer(platform: str) -> None:
    assert lexer_for("", platform) is not None


def test_no_lines() -> None:
    assert highlight([], filename="a.py") == []
