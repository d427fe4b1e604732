"""Rules of the source that no linter knows. Each names what to do instead."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would take, matching `patterns`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).exists()]


TEMPLATES = tracked("templates/*.html", "*/templates/*.html")
PYTHON = tracked("*.py")
# Data in a script element is no code: JSON that a script of ours reads.
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|<style\b|\son[a-z]+=\"|\sstyle=\"|href=\"javascript:",
    re.IGNORECASE,
)


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(TEMPLATES) > 5
    assert len(PYTHON) > 50


def test_templates_hold_no_code() -> None:
    """Scripts go to static/js and styles to static/css: the content security policy allows nothing else."""
    assert lines_with(INLINE, TEMPLATES) == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Everything a page needs comes from Dexter itself."""
    elsewhere = re.compile(r"(src|href|action)=\"(https?:)?//", re.IGNORECASE)
    assert lines_with(elsewhere, TEMPLATES) == []
    css = tracked("static/*.css")
    assert lines_with(re.compile(r"@import|url\(\s*['\"]?(https?:)?//"), css) == []


def test_no_module_is_a_junk_drawer() -> None:
    """A module is named for what it holds."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "base_utils"}
    assert [path for path in PYTHON if path.stem in drawers or path.parent.name in drawers] == []


def test_the_project_package_loads_nothing() -> None:
    """Every pure module would load it too."""
    assert (ROOT / "dexter" / "__init__.py").read_text() == ""


def test_fragments_stand_alone() -> None:
    """`_name.html` is swapped into pages, so it extends none; `name.html` is a page, so it extends one."""
    extends = re.compile(r"{%\s*extends\b")
    fragments = [path for path in TEMPLATES if path.name.startswith("_")]
    assert [path for path in fragments if extends.search(path.read_text())] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_template_compiles(path: Path) -> None:
    get_template(str(path).rpartition("/templates/")[2])


def test_migrations_use_no_live_models() -> None:
    """A data step takes its models from `apps.get_model`: the live ones are of another time."""
    live = re.compile(r"^\s*from (issues|deadlocks|analytics|ai|dexter)\.[\w.]*models import")
    found = lines_with(live, tracked("*/migrations/*.py"))
    assert found == []


def test_no_test_is_switched_off() -> None:
    switched_off = re.compile(r"(mark|pytest)\.(skip|skipif|xfail|importorskip)\b|skip(Test|If|Unless)\(")
    files = [path for path in PYTHON if path.name != Path(__file__).name]
    assert lines_with(switched_off, files) == []


def test_pins_name_no_index() -> None:
    """A lock file that names a host works nowhere else."""
    pins = tracked("requirements*.txt")
    assert len(pins) == 2
    assert lines_with(re.compile(r"https?://|--(extra-)?index-url|--find-links|file:"), pins) == []
    unpinned = re.compile(r"^[a-z][\w.-]*\s*(?!.*==)", re.IGNORECASE)
    assert lines_with(unpinned, pins) == []


LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def test_modules_and_functions_stay_readable() -> None:
    """Past these lengths two things live in one place."""
    written = [path for path in PYTHON if "migrations" not in path.parts]
    long = [path for path in written if len(path.read_text().splitlines()) > LONGEST_MODULE]
    assert long == []
    functions = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in written
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert functions == []


def test_scripts_do_not_share_a_name() -> None:
    """They are no modules: of two functions with one name at the top level the later script's wins."""
    declared = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
    names = [name for path in tracked("static/js/*.js") for name in declared.findall(path.read_text("utf-8"))]
    assert len(names) > 20
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
