"""Does the working tree answer as an earlier commit does? `python -m net COMMIT [results commands links pages]`

Both are asked the same public questions on this machine, each in a process of its own. What the commit answers is kept
in `.net/<commit>`. What differs is printed a fact a line, and whole in `.net/differences.txt`.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from net.differences import Fact, differences
from net.pages import environment_of, pages

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".net"
PARTS = ("results", "commands", "links", "pages")
# So many facts of a case are printed.
MOST = 6


def worktree(commit: str) -> Path:
    """The files of a commit."""
    tree = KEPT / commit / "tree"
    if not tree.exists():
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, commit], cwd=ROOT, check=True)
    return tree


def answers(part: str, tree: Path, kept: Path) -> dict[str, Any]:
    """What a tree answers: `kept` is the folder for what it takes."""
    links = kept / "links"
    links.mkdir(parents=True, exist_ok=True)
    (links / "gatescope").unlink(missing_ok=True)
    (links / "gatescope").symlink_to(tree / "dashboard")
    # Both are asked by today's questions.
    shutil.copytree(ROOT / "net", links / "net", dirs_exist_ok=True)
    environment = environment_of(tree, links)
    if part in ("links", "pages"):
        return pages(part, tree, environment)
    file = kept / "now.json"
    command: list[str | Path] = [sys.executable, links / "net" / "ask.py", part, file]
    subprocess.run(command, cwd=kept, env=environment, check=True, stderr=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def kept_answers(part: str, commit: str) -> dict[str, Any]:
    """What a commit answered to these questions when it was asked first."""
    asked = hashlib.sha256(b"".join(path.read_bytes() for path in sorted((ROOT / "net").glob("*.py"))))
    file = KEPT / commit / f"{part}.{asked.hexdigest()[:8]}.json"
    if not file.exists():
        file.write_text(json.dumps(answers(part, worktree(commit), KEPT / commit)))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def compared(part: str, commit: str) -> dict[str, list[Fact]]:
    """The facts that differ, by case."""
    was, now = kept_answers(part, commit), json.loads(json.dumps(answers(part, ROOT, KEPT / "now")))
    return {case: list(differences(was.get(case), now.get(case))) for case in [*was, *(set(now) - set(was))]}


def report(part: str, cases: dict[str, list[Fact]]) -> list[str]:
    """The lines that say what differs, sorted by kind."""
    lines = [f"{part}: {sum(map(bool, cases.values()))} of {len(cases)} cases differ"]
    for kind in ("numbers", "words", "places", "order"):
        for case, facts in cases.items():
            mine = [fact for fact in facts if fact.kind == kind]
            lines += [f"{kind} | {case} | {fact}" for fact in mine[:MOST]]
            lines += [f"{kind} | {case} | and {len(mine) - MOST} more"] if len(mine) > MOST else []
    return lines


def main() -> int:
    if len(sys.argv) < 2 or {*sys.argv[2:]} - {*PARTS}:
        sys.exit(__doc__)
    told = ["git", "rev-parse", "--verify", f"{sys.argv[1]}^{{commit}}"]
    commit = subprocess.run(told, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()[:12]
    (KEPT / commit).mkdir(parents=True, exist_ok=True)
    found = {part: compared(part, commit) for part in sys.argv[2:] or PARTS}
    print("\n".join(line for part, cases in found.items() for line in report(part, cases)))
    whole = [f"{part} | {case} | {fact}" for part in found for case, facts in found[part].items() for fact in facts]
    (KEPT / "differences.txt").write_text("\n".join(whole))
    return 1 if whole else 0


if __name__ == "__main__":
    sys.exit(main())
