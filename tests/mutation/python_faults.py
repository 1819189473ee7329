"""Which small faults can a Python file have? One for each operator, number, call or pair that could be another one."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.mutation.fault import Fault

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "argmax": "argmin", "argmin": "argmax", "floor": "ceil",
    "ceil": "floor", "amin": "amax", "amax": "amin", "cumsum": "cumprod", "nanmin": "nanmax", "nanmax": "nanmin",
}  # fmt: skip


def faults_in(file: str, text: str) -> Iterator[Fault]:
    """Every fault of one place in a Python file, from top to bottom."""
    for node in _that_computes(ast.parse(text)):
        for after in _others(node, text):
            before = _source(text, node)
            if before != after:
                yield Fault(file, node.lineno, before, after, _with(text, node, after))


def _that_computes(node: ast.AST, inside: bool = False) -> Iterator[ast.expr | ast.stmt]:
    """The expressions and statements in functions, without types, defaults, messages of errors and looks of figures."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Raise, ast.arguments, ast.Assert, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AnnAssign)) and child in (
            getattr(node, "returns", None),
            getattr(node, "annotation", None),
            *getattr(node, "decorator_list", ()),
        ):
            continue
        if inside and isinstance(child, (ast.expr, ast.stmt)):
            yield child
        # Positions inside an f-string are not the source's; a dict of literals is mostly the look of a figure.
        if not isinstance(child, (ast.JoinedStr, ast.Dict)):
            yield from _that_computes(child, inside or isinstance(child, ast.FunctionDef))


def _others(node: ast.expr | ast.stmt, text: str) -> Iterator[str]:
    def source(part: ast.expr) -> str:
        return _source(text, part)

    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            yield f"({source(left)}) {COMPARISONS[type(op)]} ({source(right)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS and not _is_text(left, right):
            yield f"({source(left)}) {OPERATORS[type(op)]} ({source(right)})"
        case ast.BoolOp(op=op, values=values):
            other = " or " if isinstance(op, ast.And) else " and "
            yield "(" + other.join(f"({source(value)})" for value in values) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"bool({source(operand)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield f"({source(operand)})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield f"({source(orelse)}) if ({source(test)}) else ({source(body)})"
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.Return(value=ast.Tuple(elts=[first, second])):
            yield f"return {source(second)}, {source(first)}"
        case ast.AugAssign(target=target, op=ast.Add(), value=value) if not _is_text(value):
            yield f"{source(target)} -= {source(value)}"
        case ast.Expr(value=ast.Call()):
            yield "pass"
        case ast.JoinedStr():
            yield from _swapped(node)
        case ast.Name(id=name) if name in NAMES:
            yield NAMES[name]
        case ast.Attribute(value=value, attr=name) if name in NAMES:
            yield f"{source(value)}.{NAMES[name]}"


def _swapped(node: ast.JoinedStr) -> Iterator[str]:
    """A sentence whose first two values have changed places."""
    places = [n for n, part in enumerate(node.values) if isinstance(part, ast.FormattedValue)]
    if len(places) < 2:
        return
    first, second = places[:2]
    values = list(node.values)
    values[first], values[second] = values[second], values[first]
    if ast.dump(values[first]) != ast.dump(values[second]):
        yield ast.unparse(ast.JoinedStr(values))


def _is_text(*nodes: ast.expr) -> bool:
    """Whether a sum is one of texts or lists, which can't be subtracted."""
    return any(
        isinstance(part, (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple))
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for node in nodes
        for part in ast.walk(node)
    )


@lru_cache(maxsize=1)
def _lines(text: str) -> list[bytes]:
    return [line.encode() for line in text.splitlines(keepends=True)]


def _source(text: str, node: ast.expr | ast.stmt) -> str:
    """A node's source; `ast.get_source_segment` would take the whole text apart for each."""
    assert node.end_lineno is not None
    lines = _lines(text)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


def _with(text: str, node: ast.expr | ast.stmt, after: str) -> str:
    """The text with another source of one node; positions count bytes."""
    lines = _lines(text)
    assert node.end_lineno is not None
    first, last = node.lineno - 1, node.end_lineno - 1
    head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    return b"".join([*lines[:first], head, after.encode(), tail, *lines[last + 1 :]]).decode()
