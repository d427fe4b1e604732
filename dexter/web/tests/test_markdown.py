"""Markdown of people: what it becomes, what it cannot become, and whom it names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dexter.web.markdown import TAGS, Named, as_html, names_in

PRIYA = {Named("@", "priya"): "Priya Nair"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** `c`", "<p>a <strong>b</strong> <code>c</code></p>"),
        ("# a", "<h3>a</h3>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("~~a~~", "<p><s>a</s></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("#1842 moved it", "<p>#1842 moved it</p>"),
    ],
)
def test_markdown(text, html):
    assert as_html(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,<script>1</script>)",
        "<javascript:alert(1)>",
        '[a](https://e.example "><script>1</script>")',
        "![a](https://e.example/x.png)",
        "`<script>`",
        "```html\n<script>alert(1)</script>\n```",
        '<a href="https://e.example" onclick="x()">a</a>',
        "\ue0000\ue001 \ue00099\ue001",
    ],
)
def test_nothing_of_it_runs_or_loads(text):
    html = as_html(text)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= TAGS
    attributes = {
        name for tag in re.findall(r"<[a-z][^>]*>", html) for name in re.findall(r'\s([\w-]+)="', tag)
    }
    assert attributes <= {"href", "rel", "class", "tabindex", "role", "aria-label", "aria-hidden"}
    assert not re.search(r'<a [^>]*href="(?!https?:|mailto:)', html)


def test_links_tell_nobody_where_they_come_from():
    html = as_html("see https://e.example/a?b=1. [c](https://f.example)")
    assert html.count('rel="noopener noreferrer nofollow"') == 2
    assert ">https://e.example/a?b=1</a>." in html


def test_an_image_is_a_link():
    assert as_html("![graph](https://e.example/x.png)").startswith('<p><a href="https://e.example/x.png"')


def test_names_become_marks_where_they_exist():
    html = as_html("@priya and @bob, `@priya`", mentions=PRIYA)
    assert html == '<p><span class="mention">@Priya Nair</span> and @bob, <code>@priya</code></p>\n'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@priya, look", ["@priya"]),
        ("(@a.b-c) @d.", ["@a.b-c", "@d"]),
        ("#payments #1842", ["#payments", "#1842"]),
        ("mail a@b.example", []),
        ("@ada@example.com!", ["@ada@example.com"]),
        ("`@a` [@b](https://e.example) @@c https://e.example/@d", []),
        ("```\n@a\n```", []),
        ("@a @a", ["@a"]),
    ],
)
def test_whom_a_text_names(text, names):
    assert [f"{named.sign}{named.name}" for named in names_in(text)] == names


def test_personal_data_is_masked_wherever_it_stands():
    html = as_html(
        "ada@example.com `bob@example.com` [c](https://e.example 'x@example.com')\n\n    d@example.com"
    )
    assert "example.com" not in html
    assert html.count("</span> email</span>") == 3


def test_an_account_named_by_an_address_is_a_name():
    mentions = {Named("@", "ada@example.com"): "Ada"}
    assert '<span class="mention">@Ada</span>' in as_html("@ada@example.com", mentions=mentions)


def test_code_is_coloured_by_whom_it_is_given_to():
    html = as_html("```python\nx = 1\n```", highlight=lambda lines, name: [f'<span class="k">{name}</span>'])
    assert '<pre><span class="k">python</span></pre>' in html
    assert "<pre>x = 1</pre>" in as_html("```nosuchlanguage\nx = 1\n```", highlight=lambda *_: ["no"])


@given(st.text(max_size=400))
def test_any_text(text):
    html = as_html(text, mentions=PRIYA)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= TAGS
    names_in(text)
