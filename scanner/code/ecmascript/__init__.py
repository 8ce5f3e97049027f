"""The evaluator's side of JavaScript: what its operations, functions, methods, modules and names mean to the machine.

The machine, its regions and budgets, the values and the facts are those of all languages (``scanner/code``); here are
the handlers that differ, the tables of what is folded, and the vocabulary. ``analysis.analyse`` is the way in.
"""
