"""The front end for JavaScript and TypeScript: source bytes to the intermediate form, within bounds.

What the form says of the language, where ``scanner.code.ir`` leaves it open:

- **Names.** Functions are the scopes. A ``let``, ``const``, ``class``, caught value or own name of a function
  expression that is bound in a block is stored as ``x#2``, ``x#3``… if a name around the block, one of the environment
  (``writer.GIVEN``) or one that was read before where nothing binds it is called so; in a class's static block always.
  ``Code.outer`` says "nonlocal" for what an outer function or the module binds, "global" for what nothing binds; a
  module has none. Imports, then functions, come first in their block. A ``var`` without a value is undefined from the
  top of its code; a ``let``, where it stands.
- **Functions** without a name have that of what they are assigned to. A pattern among the parameters is ``0#``, ``1#``…
  (its position) and is taken apart at the top of the body, where defaults are applied: ``Either(…, "default")``.
  ``get x`` and ``set x`` are the names of accessors' functions; a class stores a setter as "set x", an object under x.
- **Classes** store members by name in their body; a computed one is ``Opaque`` "computed_method" or "computed_field" of
  key and value. "#fields" is a function that sets the fields of an instance. A constructor's parameter properties
  (TypeScript) are set at its top.
- **Modules.** ``export {a}`` is read when the module has run, at its end; the other exports where they stand. In a
  namespace, exports are stored to its object. ``import "m"`` and ``* as ns`` are ``Import`` with the name "", a default
  import has the name "default".
- **Loops.** ``for`` without a condition has the constant true as one, its step ends the body; a ``do`` loop has its
  statements before its test, and an empty "while" branch after it. ``for await`` awaits the element.
- **Switch.** Cases that share statements share a branch, its test ``Either`` "or" of their ``===``; "match" is the
  first, "case" the next, "else" a default at the end. A case that another runs into begins a new "match", whose test
  holds where the other's does; no test means not known. Leaving a switch or a labelled block is no ``Jump``.
- **Choices.** In ``a && b``, ``a || b``, ``a ?? b`` and ``c ? a : b``, what calls or assigns stands under a ``Branch``
  of kind "and", "or", "??", "?" or ":", whose test is what precedes; the ``Either`` comes after.
- **Values.** Numbers are as exact as JavaScript's; a BigInt of too many digits is ``Opaque`` "number". ``yield* x`` is
  a loop over x and ``Opaque`` "yield_from". The first argument of a tag is the list of texts, cooked. An object's keys
  are ``Const`` as written (a number is one). ``#x in o`` has the constant "#x". An enum's member after one that is no
  constant is ``Opaque`` "enum_value". ``with`` leaves ``Opaque`` "with" of its object before the branch. In
  ``await (a)(b)`` and ``await (a).b``, ``Await`` is of a alone: the grammar takes that for a call.
- **JSX** calls ``JSX`` with the tag (text, or the component; "" for a fragment), the attributes, and the children.
"""

from __future__ import annotations

from assay.scanner.code.ir import Defect, Unit
from assay.scanner.code.javascript.grammar import COMMENTS, grammar_of
from assay.scanner.code.javascript.source import read
from assay.scanner.code.javascript.walk import MAX_NODES, walk
from assay.scanner.code.javascript.writer import Writer
from assay.scanner.code.syntax import broken, comments, parse, place_at
from assay.scanner.lazy_pattern import lazy

__all__ = ["lower"]

_LINE_END = lazy(r"\s*\n")
"""What stands where a semicolon is left out (ECMA-262, 12.10), even if the grammar finds it missing."""


def lower(data: bytes, path: str) -> Unit:
    """Return the intermediate form of a JavaScript or TypeScript file; its ending says which.

    Never raises: what cannot be read is a ``Defect``, with reason "encoding" (UTF-16, which Node does not run; bytes
    that are not UTF-8 are U+FFFD, as Node reads them),
    "too-large" (``MAX_BYTES``; the first of them were read), "node-budget" (``MAX_STEPS`` of parsing or ``MAX_NODES``;
    what precedes was lowered) or "" (a syntax error; what is around it was lowered).
    """
    source = read(data)
    grammar = grammar_of(path)
    tree, end = parse(grammar.language, source.projection)
    root = tree.root_node
    defects = list(source.defects)
    if end is not None:
        defects.append(Defect(place_at(source.text, end), "node-budget", f"parsed up to character {end}"))
    writer = Writer(source.text, root.has_error)
    if root.has_error:
        for node, is_missing in broken(tree):
            if is_missing and node.type == ";" and _LINE_END.match(source.text, node.start_byte):
                continue
            detail = f"missing {node.type}" if is_missing else "does not parse"
            defects.append(Defect(writer.place(node), "", detail))
    if not walk(writer, root):
        defects.append(Defect(writer.here, "node-budget", f"more than {MAX_NODES} nodes; the rest was not lowered"))
    has_comments = any(mark in source.projection for mark in (b"//", b"/*", b"<!--", b"-->"))
    found = comments(tree, grammar.comments, COMMENTS) if has_comments else []
    kept = tuple((writer.place(node), writer.written(node)) for node in found)
    return Unit(grammar.name, writer.end_all(), kept, tuple(defects))
