"""What do hostile and large files cost the server, and what is each visitor told?

    python -m tests.benchmarks.uploads

Drops one file after another on the page Your model, in a real browser, then large ones in several browsers at once, and
prints for each the server's largest memory while it was read, its memory afterwards, and the sentence on the page. The
exit status is 1 where the server went over a gigabyte, answered nothing, or ran what a file told it to. Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import dashboard
from tests.benchmarks.upload_files import hostile, large, small, vocabularies
from tests.browser.get import executable
from tests.browser.serving import FLAGS, process_of, serving

MOST = 1_000  # megabytes
PATIENCE = 180_000
# The page has settled and speaks of this file: it was refused, opened, or not even taken.
ANSWERED = """name => {
    const texts = place => [...document.querySelectorAll(place)].map(found => found.innerText)
    const said = texts('[role=alert], .stMarkdown').some(text => text.includes(name))
    const untaken = texts('[data-testid=stFileChip]').some(text => text.includes(name) && /must be|rror/.test(text))
    return document.querySelector('[data-test-script-state=notRunning]') && (said || untaken)
}"""


class Server:
    """The memory of a running dashboard, in megabytes."""

    def __init__(self, address: str) -> None:
        self._folder = Path("/proc") / str(process_of(address))

    def forget_the_largest(self) -> None:
        (self._folder / "clear_refs").write_text("5")

    def _megabytes(self, name: str) -> float:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

    def largest(self) -> float:
        return self._megabytes("VmHWM")

    def now(self) -> float:
        return self._megabytes("VmRSS")


class Report:
    """A line a file, and what went wrong."""

    def __init__(self, server: Server) -> None:
        self.server, self.most, self.failed = server, 0.0, list[str]()

    def line(self, name: str, sentence: str, seconds: float) -> None:
        largest, now = self.server.largest(), self.server.now()
        self.most = max(self.most, largest)
        print(f"{largest:6.0f} {now:6.0f} MB {seconds:6.1f} s  {name}\n{'':26}{sentence}", flush=True)
        if largest > MOST:
            self.failed.append(f"{name}: {largest:.0f} MB")
        if not sentence:
            self.failed.append(f"{name}: no answer")
        self.server.forget_the_largest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browsers", type=int, default=4)
    parser.add_argument("--part", choices=["one", "several"], help="one browser, or several at once; else both")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with serving(Path(dashboard.__file__).with_name("app.py"), folder) as address:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            report = Report(Server(address))
            print("largest   now        time  file", flush=True)
            if asked.part != "several":
                one_browser(browser, address, folder, report)
            if asked.part != "one":
                several(browser, address, folder, report, asked.browsers)
            report.failed += serves_on(browser, address)
            browser.close()
        log = (folder / "log").read_text(errors="replace")
        report.failed += ["something in a file was executed"] * (folder / "executed").exists()
    report.failed += [f"the server's log holds a traceback:\n{log}"] * ("Traceback" in log)
    print(f"largest of all {report.most:.0f} MB; {len(report.failed)} failures")
    for failure in report.failed:
        print(failure, file=sys.stderr)
    return 1 if report.failed else 0


def page_of(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/open")
    page.get_by_role("heading", name="Your model").wait_for()
    return page


def one_browser(browser: Browser, address: str, folder: Path, report: Report) -> None:
    page = page_of(browser, address)
    report.line("(nothing yet)", "the page is open", 0)
    for files, uploader in ((hostile(folder), 0), (large(), 0), (small(), 0), (vocabularies(), 1)):
        for name, make in files.items():
            path = written(folder, name, make)
            began = time.monotonic()
            report.line(name, said(page, dropped(page, path, uploader)), time.monotonic() - began)
            path.unlink()
    page.context.close()


def written(folder: Path, name: str, make: Callable[[], bytes]) -> Path:
    path = folder / name

    path.write_bytes(make())
    return path


def dropped(page: Page, path: Path, uploader: int) -> str:
    again = page.get_by_role("button", name="Paste one instead")
    if uploader and again.count():
        again.click()
    page.locator("input[type=file]").nth(uploader).set_input_files(path)
    return path.name


def said(page: Page, name: str) -> str:
    """The page's own sentence about a file, once it has settled."""
    try:
        page.wait_for_function(ANSWERED, arg=name, polling=200)
    except Exception:  # whatever it was, there was no answer
        return ""
    found = page.locator("[role=alert]").or_(page.get_by_text("It works")).all_inner_texts()
    found += page.get_by_text("Vocabulary: ").all_inner_texts()
    refused = page.locator("[data-testid=stFileChip]").all_inner_texts()
    return " | ".join(" ".join(text.split())[:220] for text in [*refused, *found])


def several(browser: Browser, address: str, folder: Path, report: Report, browsers: int) -> None:
    """Large files in many browsers at the same time."""
    for name, make in large().items():
        path = written(folder, name, make)
        pages = [page_of(browser, address) for _ in range(browsers)]
        began = time.monotonic()
        for page in pages:
            dropped(page, path, 0)
        sentences = [said(page, name) for page in pages]
        told = "" if not all(sentences) else " || ".join(sorted(set(sentences)))
        report.line(f"{name}, {browsers} browsers at once", told, time.monotonic() - began)
        path.unlink()
        for page in pages:
            page.context.close()


def serves_on(browser: Browser, address: str) -> list[str]:
    """Whether the main page still answers."""
    page = browser.new_context().new_page()
    page.goto(address)
    try:
        page.locator(".js-plotly-plot .heatmaplayer").first.wait_for(timeout=PATIENCE)
    except Exception as error:
        return [f"the server no longer serves: {error}"]
    return []


if __name__ == "__main__":
    sys.exit(main())
