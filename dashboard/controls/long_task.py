"""How does a page run what takes long, a training or a check of a model, so that the visitor sees how far it is?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gatescope.controls.frame import small
from gatescope.serving.turns import go_on, while_wanted, working_for
from gatescope.store.remembered import Remembered
from gatescope.wording.escape_markdown import plain
from lstm_core import LstmCoreError, SequenceModel, check
from lstm_core.checking import Report
from lstm_core.progress import Progress

# How does a page run a long task, so that the visitor sees its progress and can stop it?

_R = TypeVar("_R")


def watched(key: str, title: str, doing: str, find: Remembered[..., _R], *args: object) -> _R | None:
    """What `find` returns, at once if it is known; else a button to stop it and a bar are on the page meanwhile.

    None and a button to start again after the visitor stopped it, until other things are asked for. If the visitor
    stops it or moves a control, Streamlit ends the run when `find` next says how far it is.
    """
    if find.is_known(*args):
        return find(*args)
    place = st.empty()
    with place.container():
        progress = _unless_stopped(key, find.key(*args), title, doing)
    if progress is None:
        return None
    try:
        found = find(*args, progress=progress)
    except LstmCoreError:
        place.empty()
        raise
    place.empty()
    return found


def _unless_stopped(key: str, what: object, title: str, doing: str) -> Progress | None:
    """A button to stop and a bar; once the visitor stopped the task, a button to start it again and None."""
    if st.session_state.get(f"{key}.of") != what:
        st.session_state[f"{key}.of"] = st.session_state[key] = what
    # One button with two meanings: with two buttons Streamlit leaves the first on the page, grey, until the run ends.
    running = st.session_state.get(key) == what
    title, begins = ("Cancel", None) if running else (title, what)
    st.button(title, on_click=_begin, args=(key, begins), key=f"{key}.button")
    if not running:
        return None
    bar = st.progress(0.0, text=doing)

    def progress(share: float) -> None:
        bar.progress(min(1.0, share), text=doing)
        go_on()

    return progress


def _begin(key: str, what: object) -> None:
    st.session_state[key] = what


# Is the model healthy? A card of what `lstm_core.check` finds, on every page that has a new model.

# The most weights of an LSTM that is asked here: python-chars, with a third of these, takes a second.
MOST_WEIGHTS = 1_000_000

_one_at_a_time = Lock()


def health_card(model: SequenceModel, key: object) -> None:
    """Show what goes wrong with a model; `key`: the model's own, by which what was found is kept for the visitor."""
    with st.container(border=True, key="health"):
        if sum(weight.numel() for weight in model.lstm.parameters()) > MOST_WEIGHTS:
            st.markdown("**Is it healthy?**")
            small(
                "Too large to be asked here. In Python `lstm_core.check(model)` does it, in a shell `gatescope check`."
            )
            return
        report = _kept(model, key)
        passed, look, broken = report.of("pass"), report.of("look"), report.of("broken")
        parts = [f":green[{len(passed)} pass]"]
        parts += [f":orange[{len(look)} to look at]"] if look else []
        parts += [f":red[{len(broken)} broken]"] if broken else []
        st.markdown(f"**Is it healthy?** {' · '.join(parts)}")
        small(f"Its weights, and {plain(report.read)}.")
        for row in (*broken, *look):
            icon = ":red[:material/error:]" if row.result == "broken" else ":orange[:material/info:]"
            st.markdown(f"{icon} **{plain(row.question)}** · {plain(row.number)}  \n{plain(row.advice)}")
        # A tick stays with its first word where the line is broken.
        small(" · ".join(f"✓\N{NO-BREAK SPACE}{plain(row.question)}" for row in passed))
        with st.expander("Numbers"):
            numbers = [{"question": plain(row.question), "number": plain(row.number)} for row in passed]
            st.table(numbers, border="horizontal", hide_index=True)


def _kept(model: SequenceModel, key: object) -> Report:
    """What was found about this model, asked once for each visitor."""
    found: tuple[object, Report] | None = st.session_state.get("health found")
    if found is None or found[0] != key:
        with st.spinner("Asking…"), _one_at_a_time:
            found = key, check(model)
        st.session_state["health found"] = found
    return found[1]


# How does a page of Streamlit share the server with others?


@contextmanager
def for_this_visitor() -> Iterator[None]:
    """The block computes for the visitor whose page this is; a limit that it meets is a sentence on the page."""
    context = get_script_run_ctx()
    # Streamlit ends the run of a page whose visitor has gone or moved on where it next looks at the session's state.
    with working_for(context.session_id if context else ""), while_wanted(lambda: "a look" in st.session_state):
        try:
            yield
        except LstmCoreError as refused:
            st.error(plain(str(refused)))


def upload(label: str, key: str, keep: Callable[[str, bytes], object], **how: Any) -> None:
    """A box for a file; `keep` takes the name and the content of one that comes."""
    st.file_uploader(label, key=key, on_change=_uploaded, args=(key, keep), **how)


def _uploaded(key: str, keep: Callable[[str, bytes], object]) -> None:
    file = st.session_state.get(key)
    # Streamlit reports a file that the server dropped once more, as deleted.
    if not isinstance(file, UploadedFile):
        return
    keep_or_say(key, keep, file.name, file.getvalue())
    # Streamlit keeps it in the server's memory until the visitor leaves; the widget's own value is one more reference.
    file.seek(0)
    file.truncate()
    context = get_script_run_ctx()
    # Only the store in memory can do this; another store manages its own files.
    remove = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and remove:
        remove(context.session_id, file.file_id)


def keep_or_say(key: str, keep: Callable[[str, bytes], object], name: str, content: bytes) -> None:
    """Keep a file; the session has, as `refused {key}`, a sentence on why that can't be done, or ""."""
    st.session_state[f"refused {key}"] = ""
    try:
        keep(name, content)
    except LstmCoreError as error:
        st.session_state[f"refused {key}"] = str(error)
