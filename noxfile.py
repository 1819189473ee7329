"""How do I check a change? `nox -s quick`, `near -- FILE`, `docs`, `release`, `all`, in the active environment."""

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["quick"]


@nox.session
def quick(session: nox.Session) -> None:
    """Linter, formatter, types, and all tests without a browser that are not slow."""
    check(session)
    session.run("pytest", "--ignore=tests/browser", "-m", "not slow")


@nox.session
def near(session: nox.Session) -> None:
    """The tests that reach some files, in Python and in Node."""
    session.run("python", "-m", "tests.near", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation in docs/_build/html, from clean; a warning fails it."""
    session.run("sphinx-build", "-W", "-E", "-a", "-q", "docs", "docs/_build/html")


@nox.session
def release(session: nox.Session) -> None:
    """Wheel and source archive in dist/, both installed and checked in a new environment."""
    session.run(".ci/release", external=True)


@nox.session(name="all")
def everything(session: nox.Session) -> None:
    """Linters, types and all tests, in Python, in Node and in a browser."""
    check(session)
    session.run("npm", "--prefix", "tests/javascript", "ci", "--silent", "--no-audit", "--no-fund")
    session.run("npm", "--prefix", "tests/javascript", "run", "check")
    session.run("pytest")


def check(session: nox.Session) -> None:
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
