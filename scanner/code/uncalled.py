"""What no module has called when all are loaded: evaluated as if somebody called it, until nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.invoke import evaluate_body

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from assay.scanner.code.machine import Machine
    from assay.scanner.code.objects import Class, Function
    from assay.scanner.code.scope import Frame


def finish(
    machine: Machine,
    new_frame: Callable[[Function], Frame],
    run_class: Callable[[Frame, Class], None],
    asleep: Collection[str] = (),
) -> None:
    """Evaluate what was put off, then every function and class that nothing has called.

    ``new_frame`` gives a frame for a function whose parameters can be anything, ``run_class`` runs the body of a class.
    ``asleep`` are the modules of which functions are left out that nothing has called.
    """
    machine.catch_up()
    machine.at_import = False
    while machine.pending or machine.pending_classes:
        while machine.pending_classes:
            run_class(*machine.pending_classes.pop(0))
        if machine.pending:
            key = next(iter(machine.pending))
            function = machine.pending.pop(key)
            if key not in machine.completed and function.scope.module.name not in asleep:
                machine.completed.add(key)
                _anyhow(machine, function, new_frame)


def _anyhow(machine: Machine, function: Function, new_frame: Callable[[Function], Frame]) -> None:
    """Evaluate a function as if someone called it; once more where a return left a part of it unseen."""
    machine.restart()
    frame = new_frame(function)
    evaluate_body(machine, function, frame)
    if frame.finished:
        again = new_frame(function)
        again.weak = 1
        evaluate_body(machine, function, again)
