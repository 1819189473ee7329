"""Makes sure that there is a browser to test in: `python tests/browser/get.py`."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
INSTALLED = ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]


def executable() -> str | None:
    """The browser on the PATH; None means Playwright's own."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> int:
    sudo = ["sudo"] if shutil.which("sudo") and os.name == "posix" and os.geteuid() else []
    if not executable() and shutil.which("apt-get") and _runs(*sudo, "apt-get", "update"):
        _runs(*sudo, *INSTALLED)
    if executable() or _runs(sys.executable, "-m", "playwright", "install", "chromium"):
        print(f"Tests run in {executable() or 'the Chromium of Playwright'}.")
        return 0
    print("Expected a Chromium or Chrome on the PATH, got none, and could install none. Install one.", file=sys.stderr)
    return 1


def _runs(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
