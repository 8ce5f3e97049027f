"""Units of the intermediate form as tests look at them, whichever language they were lowered from."""

from __future__ import annotations

from assay.scanner.code import ir

_REFS = frozenset({"value", "object", "function", "key", "test", "over", "operand", "start", "stop", "step"})
_MANY = frozenset({"operands", "options", "parts", "bases", "decorators"})


def operations(unit: ir.Unit) -> list[ir.Op]:
    """Return all operations of a unit and check what every unit holds."""
    todo = [unit.module]
    found: list[ir.Op] = []
    while todo:
        code = todo.pop()
        for number, op in enumerate(code.ops):
            assert op.place.line >= 1
            assert op.place.column >= 1
            assert all(0 <= ref < number for ref in _refs(op))
            if isinstance(op, ir.Branch | ir.Loop):
                assert number < op.end <= len(code.ops)
            if isinstance(op, ir.Function | ir.Class):
                assert op.code < len(code.children)
        found += code.ops
        todo += code.children
    return found


def _refs(op: ir.Op) -> list[int]:
    if isinstance(op, ir.Const):
        return []
    if isinstance(op, ir.Display):
        return [ref for item in op.items for ref in item if ref is not None]
    refs = [ref for name, ref in op._asdict().items() if name in _REFS and ref is not None]
    for name, group in op._asdict().items():
        if name in _MANY:
            refs += group
    if isinstance(op, ir.Call):
        refs += [argument.value for argument in op.arguments]
    return refs + list(op.items if isinstance(op, ir.Sequence) else ())


def names(unit: ir.Unit) -> set[str]:
    """Return the names that a unit reads."""
    return {op.name for op in operations(unit) if isinstance(op, ir.Name)}
