"""The page of the bill, driven in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lading.reports import Look
from lading.reports.manifest import render
from tests.outside import absent
from tests.reports.test_manifest import HOSTILE, renamed, story

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1400,900",
)  # fmt: skip
LOOK = Look(colour=False, prefix="", width=100)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        missing("Chromium and its driver are not on this machine")
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        missing("the package selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


def missing(reason: str) -> None:
    absent("chromium", reason)


def opened(browser: WebDriver, page: str, folder: Path) -> None:
    path = folder / "bill.html"
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())


def texts(browser: WebDriver, selector: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)"
    return list(browser.execute_script(script, selector))


def logged(browser: WebDriver) -> list[dict[str, object]]:
    """What the page or the browser complained of."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]


def keys(browser: WebDriver, *pressed: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for each in pressed:
        ActionChains(browser).send_keys(each).perform()


def settled(browser: WebDriver) -> None:
    """After the frames in which the page does what it puts off."""
    browser.execute_async_script(
        "const done = arguments[0]; setTimeout(() => requestAnimationFrame(done), 200)"
    )


def test_the_graph_is_drawn_filtered_and_walked_by_keys(browser: WebDriver, tmp_path: Path) -> None:
    opened(browser, render("html", story(), LOOK, tuple), tmp_path)
    assert texts(browser, "#heads span") == [
        "Events 2", "Workflow jobs 2", "Images 5", "Compose services 6"
    ]  # fmt: skip
    keys(browser, "/", "o", "l", "d")
    settled(browser)
    assert texts(browser, ".node.service:not(.around) b") == ["old"]
    assert texts(browser, ".node.job.around b") == ["shop"]
    keys(browser, "\ue015")  # down, from the filter to what it found
    assert texts(browser, ":focus b") == ["old"]
    keys(browser, "\ue012")  # left, to the image that it runs
    assert texts(browser, ":focus b") == ["shop"]
    keys(browser, "\ue007")
    assert texts(browser, "#panel h2") == ["ghcr.io/acme/shop"]
    keys(browser, "\ue00c", "\ue00c")
    settled(browser)
    assert texts(browser, "#panel h2") == ["No findings"]
    assert browser.execute_script("return document.getElementById('filter').value") == ""
    assert logged(browser) == []


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_nothing_that_a_repository_names_runs(name: str, browser: WebDriver, tmp_path: Path) -> None:
    opened(browser, render("html", renamed(story(), name), LOOK, tuple), tmp_path)
    browser.execute_script("document.querySelector('.node').click()")
    assert texts(browser, "img, iframe, script:not([type]):not(:last-of-type)") == []
    assert len(texts(browser, "script")) == 2
    assert logged(browser) == []


def test_of_a_large_graph_little_is_in_the_document(browser: WebDriver, tmp_path: Path) -> None:
    bill = story()
    service = bill["services"][0] | {"waits_for": [], "consumers": []}
    bill["services"] = [service | {"service": f"part-{n}"} for n in range(1000)]
    opened(browser, render("html", bill, LOOK, tuple), tmp_path)
    assert texts(browser, "#heads span")[-1] == "Compose services 1000"
    assert len(texts(browser, ".node")) < 200
    keys(browser, "/", *"part-777")
    settled(browser)
    assert texts(browser, ".node:not(.around) b") == ["part-777"]
    keys(browser, "\ue00c")
    settled(browser)
    browser.execute_script("document.getElementById('view').scrollTop = 1e9")
    settled(browser)
    assert "part-999" in texts(browser, ".node b")
    assert len(texts(browser, ".node")) < 200
    assert logged(browser) == []
