"""How is a cell that somebody wrote by hand recorded: its operations watched, its memory found, its traces kept?"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.chains import ENOUGH
from lstm_core.finding.found import Find, finds, trace_of
from lstm_core.finding.known import Known, WatchKnown, forget, known_of, remember
from lstm_core.finding.nothing import why_nothing
from lstm_core.finding.visits import is_part
from lstm_core.finding.watch import Watch
from lstm_core.recording.held_cell import HeldC, change_now, holding_itself, is_held, known_held
from lstm_core.recording.hooks import OwnHook, refuse_transforms
from lstm_core.recording.kinds import is_recorded
from lstm_core.recording.modules import first_names
from lstm_core.traces.trace import CellTrace

# By name, one trace a sequence that was read.
Found = Mapping[str, Sequence[CellTrace]]


@contextmanager
def watching(
    model: nn.Module,
    under: Sequence[str],
    chosen: str | None,
    is_ours: Callable[[nn.Module, nn.Module], bool],
    take: Callable[[Found], None],
) -> Iterator[None]:
    """Inside the block a model's operations are watched; at its end `take` gets the traces of what was found.

    `under`: the names of the modules in which a memory is looked for; `chosen`: the line of the only one wanted. Raises
    LstmCoreError at the end if the model ran and no memory was found, or not all of its steps.
    """
    modules = first_names(model)
    names = {id(module): name for module, name in modules.items() if any(is_part(name, top) for top in under)}
    known = known_held(model) or known_of(model, under)
    watch = (
        Watch(model, names)
        if known is None
        else WatchKnown(model, names, known, partial(change_now, model), partial(is_held, model))
    )
    calls: Counter[str] = Counter()

    def follow(module: nn.Module, name: str) -> None:
        def before_forward(now: nn.Module, _args: Any) -> None:
            if not calls[name] or name in under:
                refuse_transforms(name, module)
            watch.follow(now)

        def after_forward(_called: nn.Module, _args: Any, result: Any) -> None:
            inside_another = watch.go_back()
            calls[name] += 1
            watch.returned(result, name)
            if calls[name] == ENOUGH and known is not None and known.is_in(module):
                # A module without a hook is called in less time.
                for handle in handles if inside_another else ():
                    handle.remove()

        before, after = (OwnHook(lambda now: is_ours(now, module), way) for way in (before_forward, after_forward))
        handles = module.register_forward_pre_hook(before), module.register_forward_hook(after, always_call=True)
        for handle in handles:
            hooks.callback(handle.remove)

    def taken() -> None:
        take(_found(watch, model, under, chosen, known, names, held_c))

    with _kept_if_stopped(model, taken), ExitStack() as hooks:
        for module, name in modules.items():
            if not isinstance(module, torch.jit.ScriptModule) and not is_recorded(module) and _can_hold(module):
                follow(module, name)
        held_c = hooks.enter_context(holding_itself(model))
        hooks.enter_context(watch)
        yield
    if calls or watch.has_run or isinstance(model, torch.jit.ScriptModule):
        try:
            with torch.no_grad():
                taken()
        finally:
            watch.let_go()


@contextmanager
def _kept_if_stopped(model: nn.Module, take: Callable[[], None]) -> Iterator[None]:
    """Takes what was found in a block that ends with an exception, if it is whole."""
    try:
        yield
    except BaseException as error:
        with suppress(Exception), torch.no_grad():
            take()
        if not isinstance(error, LstmCoreError):
            # What is known may be what went wrong: it must not go wrong at each recording from now on.
            forget(model)
        raise


def _can_hold(module: nn.Module) -> bool:
    """Whether a memory can be in a module or in a part of it: in none of PyTorch's own that have no parts."""
    return not type(module).__module__.startswith("torch.nn.") or next(module.children(), None) is not None


def _found(
    watch: Watch,
    model: nn.Module,
    under: Sequence[str],
    chosen: str | None,
    known: Known | None,
    names: dict[int, str],
    held_c: HeldC,
) -> Found:
    """The traces of what was found. Raises LstmCoreError if it is nothing, or not whole."""
    try:
        found = finds(watch.visits, names, *(({}, set()) if known is None else (known.roles, known.others)))
        if not found:
            raise LstmCoreError(why_nothing(watch.visits, model, names))
        remember(model, under, found, watch)
        return _traces(_only(chosen, found), names, held_c)
    except BaseException as error:
        if known is not None:
            forget(model)
            error.add_note(
                "Where its memories were in earlier recordings is forgotten now: if the code went another way, "
                "record it once more."
            )
        raise


def chosen_memory(roles: Mapping[str, str] | None, watched: Sequence[str], detach: bool) -> str | None:
    """The line of the memory that `record` was told to take. Raises LstmCoreError for roles of anything else, and for a
    hand-written cell with detach=False."""
    if watched and not detach:
        raise LstmCoreError(
            "Expected a module of PyTorch with detach=False, got a hand-written cell. For the gradient at one of its "
            "gates, record it once, and hold the gate by a function that adds zeros of yours to it: intervene(model, "
            "Hold('f', lambda f: f + zeros))."
        )
    if roles is None:
        return None
    if not watched or set(roles) != {"c"}:
        got = f"roles of {', '.join(roles) or 'nothing'}" if watched else "a model of PyTorch's own cells"
        raise LstmCoreError(
            f"Expected the line of a hand-written cell's memory, as in roles={{'c': 'line 72'}}, got {got}. The other "
            "quantities are named by the equation of that line."
        )
    return str(roles["c"])


def _only(chosen: str | None, found: Mapping[Any, Sequence[Find]]) -> Mapping[Any, Sequence[Find]]:
    """The memories whose place is the chosen line."""
    if chosen is None:
        return found
    there = {key: several for key, several in found.items() if f"{key[1]} ".startswith(f"{chosen} ")}
    if not there:
        lines = ", ".join(sorted(str(key[1]) for key in found))
        raise LstmCoreError(f"Expected a memory that was found, at {lines}, got {chosen!r}.")
    return there


def _traces(
    memories: Mapping[Any, Sequence[Find]], names: Mapping[int, str], held_c: HeldC
) -> dict[str, list[CellTrace]]:
    """The traces of all memories; of several in one module each has a number behind the name."""
    by_module: dict[int, list[tuple[Find, dict[str, Any]]]] = {}
    for key, several in memories.items():
        where = {what: sorted(numbers) for what, numbers in held_c.get(key, {}).items()}
        by_module.setdefault(key[0], []).extend((find, {"c_held": where} if where else {}) for find in several)
    found: dict[str, list[CellTrace]] = {}
    for module, finds_there in by_module.items():
        name = names[module]
        for number, (find, held) in enumerate(finds_there, start=1):
            own = name if len(finds_there) == 1 else f"{name}#{number}"
            each = [trace_of(chain, find.roles, own) for chain in find.chains]
            found[own] = [one.with_values(config={**one.config, **held}) for one in each] if held else each
    return found
