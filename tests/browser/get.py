"""Makes sure that there is a browser to test in: `python tests/browser/get.py`."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MANAGERS = {
    "apt-get": (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"],
    ),
    "dnf": (["dnf", "install", "-y", "chromium"],),
    "pacman": (["pacman", "-S", "--noconfirm", "chromium"],),
    "brew": (["brew", "install", "--cask", "chromium"],),
}


def executable() -> str | None:
    """The browser on the PATH; None means Playwright's own."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> int:
    if executable() or any(_runs(*commands) and executable() for commands in _installs()):
        print(f"Tests run in {executable()}.")
        return 0
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]):
        print("Tests run in Playwright's own Chromium.")
        return 0
    print(
        f"No browser to test in: none of {', '.join(NAMES)} is on the PATH, and neither the system's package manager "
        "nor Playwright could install one. Install Chromium or Chrome and try again.",
        file=sys.stderr,
    )
    return 1


def _installs() -> list[list[list[str]]]:
    """What each package manager on this machine has to run; Homebrew refuses to run as root."""
    installs = []
    for manager, commands in MANAGERS.items():
        if shutil.which(manager):
            needs_root = manager != "brew" and hasattr(os, "geteuid") and os.geteuid() != 0
            sudo = ["sudo"] if needs_root and shutil.which("sudo") else []
            installs.append([sudo + command for command in commands])
    return installs


def _runs(*commands: list[str]) -> bool:
    return all(subprocess.run(command, check=False).returncode == 0 for command in commands)


if __name__ == "__main__":
    sys.exit(main())
