"""The small changes that `mutate` makes: comparisons, arithmetic, constants, conditions, calls."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
# Calls that change a type and no value, or without which nothing runs.
KEPT_CALLS = {"asarray", "cast", "int", "float", "bool", "str", "tuple", "list", "len", "range"}


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    path: Path
    line: int
    column: int
    what: str
    function: tuple[int, int]  # first and last line of the function it is in; 0, 0 for none
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.what}"


def mutants(path: Path, root: Path) -> list[Mutant]:
    """Return all mutants of the module at `path`, in the order of their lines."""
    tree = ast.parse((root / path).read_text())
    whole = ast.unparse(tree)
    found = []
    for number, (node, function) in enumerate(_nodes(tree)):
        for change in _changes(node):
            changed = copy.deepcopy(tree)
            target = next(n for i, (n, _) in enumerate(_nodes(changed)) if i == number)
            new = change(target)
            if new is not target:
                changed = ast.fix_missing_locations(_Swap(target, new).visit(changed))
            before, after = ast.unparse(node), ast.unparse(new)
            if ast.unparse(changed) != whole:
                what = f"{before} -> {after}"
                found.append(Mutant(path, node.lineno, node.col_offset, what, function, changed))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.column))


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, tuple[int, int]]]:
    """Yield what may change, with the lines of the function around it; annotations are left out."""

    def within(node: ast.AST, lines: tuple[int, int]) -> Iterator[tuple[ast.AST, tuple[int, int]]]:
        if isinstance(node, ast.arguments):
            lines = (0, 0)  # defaults are made while the module is loaded
        for name, field in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "bases"}:
                continue
            for child in field if isinstance(field, list) else [field]:
                if not isinstance(child, ast.AST) or _is_words(child):
                    continue
                inside = lines
                if isinstance(child, ast.FunctionDef):
                    decorated = [d.lineno for d in child.decorator_list]
                    inside = (min([child.lineno, *decorated]), child.end_lineno or child.lineno)
                if isinstance(child, ast.stmt | ast.expr) and not isinstance(node, ast.Expr):
                    yield child, inside
                yield from within(child, inside)

    yield from within(tree, (0, 0))  # type: ignore[misc]


def _is_words(node: ast.AST) -> bool:
    """Tell docstrings, and errors with their messages."""
    return isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


class _Swap(ast.NodeTransformer):
    """Put one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def _changes(node: ast.AST) -> Iterator[Callable[[ast.AST], ast.AST]]:
    """Yield the changes of one node: functions from a copy of it to what takes its place."""
    if isinstance(node, ast.Compare):
        yield from (_operator("ops", i) for i, op in enumerate(node.ops) if type(op) in OTHER)
        yield from (_text(i) for i, side in enumerate(node.comparators) if _is_text(side))
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in OTHER:
        yield _operator("op", None)
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield lambda it: it.operand  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda it: ast.Constant(not it.value)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield lambda it: ast.Constant(it.value + 1)  # type: ignore[attr-defined]
        if isinstance(node.value, float):
            yield lambda it: ast.Constant(it.value * 0.9 - 0.01)  # type: ignore[attr-defined]
    elif isinstance(node, ast.IfExp):
        yield lambda it: ast.IfExp(it.test, it.orelse, it.body)  # type: ignore[attr-defined]
    elif isinstance(node, ast.If):
        yield lambda it: ast.If(ast.UnaryOp(ast.Not(), it.test), it.body, it.orelse)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Continue):
        yield lambda it: ast.Break()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield lambda it: ast.Pass()
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[Callable[[ast.AST], ast.AST]]:
    """Yield: a call of what it is given, without the call; np.where with its sides swapped."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "where" and len(node.args) == 3:
        yield lambda it: ast.Call(it.func, [it.args[0], it.args[2], it.args[1]], [])  # type: ignore[attr-defined]
    elif name in KEPT_CALLS or name[:1].isupper():
        return
    elif isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != "np":
        if not node.args:
            yield lambda it: it.func.value  # type: ignore[attr-defined]
    elif node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield lambda it: it.args[0]  # type: ignore[attr-defined]


def _operator(field: str, number: int | None) -> Callable[[ast.AST], ast.AST]:
    """Return the change of an operator into its opposite."""

    def change(node: ast.AST) -> ast.AST:
        if number is None:
            setattr(node, field, OTHER[type(getattr(node, field))]())
        else:
            ops = getattr(node, field)
            ops[number] = OTHER[type(ops[number])]()
        return node

    return change


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(number: int) -> Callable[[ast.AST], ast.AST]:
    """Return the change of a text that something is compared with."""

    def change(node: ast.AST) -> ast.AST:
        node.comparators[number].value += "?"  # type: ignore[attr-defined]
        return node

    return change
