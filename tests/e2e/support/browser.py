"""A page in Debian's Chromium that remembers what went wrong in it."""

import contextlib
import io
from collections.abc import Iterator

import numpy
from PIL import Image
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    TimeoutError,
    sync_playwright,
)

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
WAIT_MILLISECONDS = 30_000


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page, the addresses it read, and every failed request, script error and console error."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.addresses: list[str] = []
        self.troubles: list[str] = []
        page.set_default_timeout(WAIT_MILLISECONDS)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", self._console)

    def wait_for(self, condition: str) -> None:
        """Returns once a script expression holds; says what went wrong in the page otherwise."""
        try:
            self.page.wait_for_function(condition)
        except TimeoutError as late:
            troubles = "\n".join(self.troubles)
            raise AssertionError(f"never came true: {condition}\n{troubles}") from late

    def assert_healthy(self, known: str | None = None) -> None:
        """Holds when nothing went wrong but what contains `known`."""
        troubles = [text for text in self.troubles if known is None or known not in text]
        assert not troubles, "\n".join(troubles)

    def _response(self, response) -> None:
        self.addresses.append(response.url)
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def _failed(self, request) -> None:
        # Viewers abort what has left the view; a server that hangs up has another name.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{request.failure}: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(f"console: {message.text}")


@contextlib.contextmanager
def watched_page(browser: Browser, width: int, height: int) -> Iterator[Watched]:
    """A new page of this size, without animation."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    try:
        yield Watched(page)
    finally:
        page.close()


def screenshot(element: Locator | Page) -> numpy.ndarray:
    """What is on screen as height x width x 3."""
    return numpy.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"))
