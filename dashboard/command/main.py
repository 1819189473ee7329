"""What did the shell ask for? Alone `gatescope` opens the dashboard; with a verb it does one thing and ends."""

import argparse
import errno
import io
import os
import re
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from gatescope.command import many_texts, models, one_text
from gatescope.command.output import dashboard
from lstm_core.errors import LstmCoreError

VERBS = {
    "models": models.models,
    "record": one_text.record,
    "export": one_text.export,
    "units": many_texts.units,
    "find": many_texts.find,
    "scan": many_texts.scan,
    "search": many_texts.search,
    "explain": one_text.explain,
    "horizon": many_texts.horizon,
    "check": one_text.check,
    "train": models.train,
    "open": one_text.open_at,
    "site": models.site,
}

DESCRIPTION = """
See inside an LSTM. Alone, or with Streamlit's options (--server.port 8600), gatescope opens the dashboard. With a verb
it does one thing: data goes to stdout, progress and remarks go to stderr. A table is rounded in a terminal, exact in a
file.
"""
LEARN_MORE = "gatescope VERB --help says more. Exit codes: 0, done; 1, not possible, and a sentence says why; 2, usage."


def main(given: Sequence[str] | None = None) -> None:
    """Do what the command line asks for, and end the process with its exit code."""
    arguments = list(sys.argv[1:] if given is None else given)
    ours = next((at for at, argument in enumerate(arguments) if _is_streamlits(argument)), len(arguments))
    if not ours:
        dashboard(arguments)
    parsed = parser()
    options = parsed.parse_args(arguments[:ours])
    options.streamlit = arguments[ours:]
    if options.streamlit and options.run is not VERBS["open"].run:
        parsed.error(f"{options.streamlit[0]} is an option of the dashboard, which {options.verb} does not open")
    sys.exit(_done(options))


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    whole = argparse.ArgumentParser("gatescope", description=DESCRIPTION, epilog=LEARN_MORE)
    whole.add_argument("--version", action="version", version=f"gatescope {metadata.version('gatescope')}")
    verbs = whole.add_subparsers(metavar="VERB", required=True)
    for name, verb in VERBS.items():
        raw = argparse.RawDescriptionHelpFormatter
        one = verbs.add_parser(name, help=verb.about.splitlines()[0], description=verb.about, formatter_class=raw)
        for add in verb.arguments:
            add(one)
        one.set_defaults(run=verb.run, verb=one.prog, wrong=one.error)
    return whole


def _is_streamlits(argument: str) -> bool:
    """Whether an option is Streamlit's: those have a section, a dot and a name."""
    return argument.startswith("--") and "." in argument.partition("=")[0]


def _done(options: argparse.Namespace) -> int:
    """Run a verb; returns the exit code."""
    # Python has none where the shell closed it (>&-), and would print to stdout what is meant for stderr.
    for name in ("stdout", "stderr"):
        setattr(sys, name, getattr(sys, name) or io.StringIO())
    # Tables are UTF-8 wherever they go, also where half of a character was typed.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        _check_place(getattr(options, "out", None))
        ended = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has read enough: what stdout still holds has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        why = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    except LstmCoreError as error:
        why = " ".join([str(error), *getattr(error, "__notes__", ())])
    else:
        return ended or 0
    print(f"{options.verb}: {_by_options(why)}", file=sys.stderr)
    return 1


def _by_options(advice: str) -> str:
    """A sentence of the library with its keywords as the options that they are here."""
    return re.sub(r"(?<=[ (])(texts|text|series|store|resume|quantities)=…?(?=[ ,.;]|$)", r"--\1", advice)


def _check_place(out: str | None) -> None:
    """Raise OSError where nothing can be written, before hours of work for it."""
    if out is None:
        return
    folder = Path(out).parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), out)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), out)
