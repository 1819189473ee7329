"""How do the browser's modules become files that a page loads? `python assets/bundle.py`, when one of them has changed

Deno joins them: to ask a server for each of two hundred takes longer than to read them all, and a page that is opened
from a disk or in a notebook can import none. The build of the package brings Deno, and so does the extra `test`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ASSETS = Path(__file__).parent
BUILT = ASSETS / "built"
FORMATS = {
    "modules.js": ["--format=esm"],
    "computing.js": ["--format=iife"],
    "site.js": ["--format=iife"],
    "offline.js": ["--format=iife"],
    "offline_start.js": ["--format=iife"],
    "parts/site.js": ["--format=esm", "--code-splitting"],
}
"""What is imported, and what is a script in its page; and of a page on the web, what it loads when it is asked for."""


def bundle() -> None:
    """Bring `assets/built` up to date.

    Raises RuntimeError where it is not and Deno is missing or fails.
    """
    modules = [ASSETS / "bundle.py", *(ASSETS / "browser").rglob("*.js")]
    if is_fresh(max(path.stat().st_mtime for path in modules)):
        return
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    deno = shutil.which("deno", path=os.pathsep.join(places))
    if deno is None:
        raise RuntimeError("The browser's modules have changed, and Deno joins them: pip install deno")
    BUILT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT) as beside:
        for name, how in FORMATS.items():
            made = [*how, f"--outdir={Path(beside, name).parent}", ASSETS / "browser" / Path(name).name]
            command = [deno, "bundle", "--quiet", "--no-config", "--no-lock", "--minify", *made]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"Deno could not join {name} (first it loads esbuild from npm):\n{done.stderr}")
        shutil.rmtree(BUILT / "parts", ignore_errors=True)
        for made in Path(beside).iterdir():
            made.replace(BUILT / made.name)


def is_fresh(changed: float) -> bool:
    """Whether all that is built is newer than the last change."""
    return all((BUILT / name).is_file() and (BUILT / name).stat().st_mtime > changed for name in FORMATS)


if __name__ == "__main__":
    bundle()
