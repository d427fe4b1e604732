"""Screenshots of a running Dexter, the ones of the README.

`python -m dexter.web.tests.e2e.shots http://localhost:8000 docs/screenshots` signs in as demo, password
demo; `--user` and `--password` name others.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def launch(playwright: object) -> Browser:
    """Chromium of the system where there is one, else Playwright's own."""
    path = CHROMIUM if Path(CHROMIUM).exists() else None
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])  # type: ignore[attr-defined]


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    page.goto(f"{base}/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("#main")


def shoot(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    print(path)


def explorer(page: Page, base: str, out: Path, name: str) -> None:
    """The list with the panel of its first issue and two ticked rows."""
    page.goto(f"{base}/?query=is:unresolved&sort=score")
    if page.locator(".issues tbody tr").count():
        page.keyboard.press("j")
        page.wait_for_timeout(600)
    shoot(page, out / f"{name}.png")


def issue(page: Page, base: str, out: Path, name: str) -> None:
    page.goto(f"{base}/?query=is:unresolved&sort=score")
    first = page.locator(".issues .ttl").first
    if first.count():
        page.goto(f"{base}{first.get_attribute('href')}")
        shoot(page, out / f"{name}.png")


def take(base: str, out: Path, user: str, password: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for scheme in ("light", "dark"):
            for size, suffix in ((DESKTOP, ""), (PHONE, "-phone")):
                context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                sign_in(page, base, user, password)
                explorer(page, base, out, f"issues-{scheme}{suffix}")
                issue(page, base, out, f"issue-{scheme}{suffix}")
                context.close()
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("out", type=Path)
    parser.add_argument("--user", default="demo")
    parser.add_argument("--password", default="demo")
    given = parser.parse_args()
    take(given.base.rstrip("/"), given.out, given.user, given.password)
