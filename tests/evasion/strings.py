"""Ways to put a name or a command together so that no search finds it."""

from tests.evasion.case import HIGH, MEDIUM, Case

STRINGS = (
    Case("concatenation", HIGH, """
        import os
        getattr(os, "s" + "y" + "s" + "t" + "e" + "m")("id")
    """),
    Case("percent", HIGH, """
        import os
        getattr(os, "%s%s" % ("sys", "tem"))("id")
    """),
    Case("format", HIGH, """
        import os
        getattr(os, "{1}{0}".format("tem", "sys"))("id")
    """),
    Case("format with an index in a field", HIGH, """
        import os
        getattr(os, "{0[1]}{0[0]}".format(["tem", "sys"]))("id")
    """),
    Case("format_map", HIGH, """
        import os
        getattr(os, "{a}{b}".format_map({"a": "sys", "b": "tem"}))("id")
    """),
    Case("f-string", HIGH, """
        import os
        a, b = "sys", "tem"
        getattr(os, f"{a}{b}")("id")
    """),
    Case("f-string with a conversion", HIGH, """
        import os
        getattr(os, f"{'sys':s}{'t'}{'em':>2}")("id")
    """),
    Case("string.Template", HIGH, """
        import os
        from string import Template
        getattr(os, Template("${a}tem").substitute(a="sys"))("id")
    """),
    Case("join of a map", HIGH, """
        import os
        getattr(os, "".join(map(chr, (115, 121, 115, 116, 101, 109))))("id")
    """),
    Case("join of a generator", HIGH, """
        import os
        getattr(os, "".join(chr(n - 7) for n in (122, 128, 122, 123, 108, 116)))("id")
    """),
    Case("join of a generator function", HIGH, """
        import os
        def letters():
            yield "sys"
            yield from ("t", "e", "m")
        getattr(os, "".join(letters()))("id")
    """),
    Case("slicing", HIGH, """
        import os
        getattr(os, "esyosytoeom"[1::2])("id") or getattr(os, "xxsystemxx"[2:-2])("id")
    """),
    Case("reversed", HIGH, """
        import os
        getattr(os, "".join(reversed("metsys")))("id")
    """),
    Case("a list reversed in place", HIGH, """
        import os
        name = list("metsys")
        name.reverse()
        getattr(os, "".join(name))("id")
    """),
    Case("replace", HIGH, """
        import os
        getattr(os, "s#y#s#t#e#m".replace("#", ""))("id")
    """),
    Case("re.sub", HIGH, """
        import os, re
        getattr(os, re.sub(r"[0-9]", "", "s1y2s3t4e5m"))("id")
    """),
    Case("re.findall", HIGH, """
        import os, re
        getattr(os, "".join(re.findall(r"[a-z]", "s1y2s3t4e5m")))("id")
    """),
    Case("translate by a table", HIGH, """
        import os
        getattr(os, "abaced".translate(str.maketrans("abced", "sytem")))("id")
    """),
    Case("translate by a dict", HIGH, """
        import os
        getattr(os, "5y5tem".translate({53: "s"}))("id")
    """),
    Case("case", HIGH, """
        import os
        getattr(os, "SYSTEM".lower())("id")
    """),
    Case("swapped case", HIGH, """
        import os
        getattr(os, "SySTeM".swapcase().lower())("id")
    """),
    Case("split", HIGH, """
        import os
        getattr(os, "open,read,system,close".split(",")[2])("id")
    """),
    Case("strip", HIGH, """
        import os
        getattr(os, "__system__".strip("_"))("id")
    """),
    Case("removeprefix", HIGH, """
        import os
        getattr(os, "not_system".removeprefix("not_"))("id")
    """),
    Case("chr and ord", HIGH, """
        import os
        getattr(os, chr(ord("r") + 1) + "yste" + chr(ord("n") - 1))("id")
    """),
    Case("hexadecimal", HIGH, """
        import os
        getattr(os, bytes.fromhex("73797374656d").decode())("id")
    """),
    Case("base64", HIGH, """
        import os
        from base64 import b64decode as d
        getattr(os, d("c3lzdGVt").decode())("id")
    """),
    Case("rot13", HIGH, """
        import codecs, os
        getattr(os, codecs.decode("flfgrz", "rot13"))("id")
    """),
    Case("a number to bytes", HIGH, """
        import os
        getattr(os, (126965465245037).to_bytes(6, "big").decode())("id")
    """),
    Case("struct", HIGH, """
        import os, struct
        getattr(os, struct.pack(">6B", 115, 121, 115, 116, 101, 109).decode())("id")
    """),
    Case("struct of a number", HIGH, """
        import os, struct
        getattr(os, struct.pack(">IH", 1937339252, 25965).decode())("id")
    """),
    Case("array", HIGH, """
        import array, os
        getattr(os, array.array("B", [115, 121, 115, 116, 101, 109]).tobytes().decode())("id")
    """),
    Case("shifted integers", HIGH, """
        import os
        getattr(os, chr(230 >> 1) + chr(242 >> 1) + chr(460 >> 2) + "tem")("id")
    """),
    Case("a dict of letters", HIGH, """
        import os
        key = {1: "s", 2: "y", 3: "t", 4: "e", 5: "m"}
        getattr(os, key[1] + key[2] + key[1] + key[3] + key[4] + key[5])("id")
    """),
    Case("letters of other words", HIGH, """
        import os
        word = "my estate"
        getattr(os, word[4] + word[1] + word[4] + word[2 + 3] + word[3] + word[0])("id")
    """),
    Case("the names of other functions", HIGH, """
        import os
        getattr(os, sum.__name__[:1] + type.__name__[1] + str.__name__[:2] + hex.__name__[1] + max.__name__[:1])("id")
    """),
    Case("a docstring", HIGH, '''
        """system"""
        import os
        getattr(os, __doc__)("id")
    '''),
    Case("the docstring of a function", HIGH, '''
        import os
        def fetch():
            """sys tem"""
        getattr(os, fetch.__doc__.replace(" ", ""))("id")
    '''),
    Case("tuple unpacking", HIGH, """
        import os
        (a, b), *c = ("s", "y"), "s", "t", "e", "m"
        getattr(os, a + b + "".join(c))("id")
    """),
    Case("augmented assignment", HIGH, """
        import os
        name = "sys"
        name += "tem"
        getattr(os, name)("id")
    """),
    Case("conditional assignment", HIGH, """
        import os, sys
        if sys.platform == "win32":
            part = "tem"
        else:
            part = "t" + "em"
        getattr(os, "sys" + part)("id")
    """),
    Case("what a function gives", HIGH, """
        import os
        def half(first):
            return "sys" if first else "tem"
        getattr(os, half(1) + half(0))("id")
    """),
    Case("a default argument", HIGH, """
        import os
        def name(a="sys", *, b="tem"):
            return a + b
        getattr(os, name())("id")
    """),
    Case("an attribute of a class", HIGH, """
        import os
        class Names:
            a = "sys"
            b = "tem"
        getattr(os, Names.a + Names().b)("id")
    """),
    Case("a property", HIGH, """
        import os
        class Names:
            @property
            def full(self):
                return "".join(["sys", "tem"])
        getattr(os, Names().full)("id")
    """),
    Case("__getattr__", HIGH, """
        import os
        class Names:
            def __getattr__(self, name):
                return name[::-1]
        getattr(os, Names().metsys)("id")
    """),
    Case("__getitem__", HIGH, """
        import os
        class Names:
            def __getitem__(self, at):
                return "smetxy"[at]
        n = Names()
        getattr(os, n[0] + n[5] + n[0] + n[3] + n[2] + n[1])("id")
    """),
    Case("__call__ and __str__", HIGH, """
        import os
        class Name:
            def __call__(self): return "sys"
            def __str__(self): return "tem"
        n = Name()
        getattr(os, n() + str(n))("id")
    """),
    Case("__add__", HIGH, """
        import os
        class Part:
            def __init__(self, text): self.text = text
            def __add__(self, other): return Part(self.text + other.text)
        getattr(os, (Part("sys") + Part("tem")).text)("id")
    """),
    Case("__format__", HIGH, """
        import os
        class Name:
            def __format__(self, rule): return rule[::-1]
        getattr(os, f"{Name():metsys}")("id")
    """),
    Case("a comprehension of comprehensions", HIGH, """
        import os
        getattr(os, "".join(c for row in [["s", "y"], ["s", "t"], ["e", "m"]] for c in row if c.strip()))("id")
    """),
    Case("walrus inside of a join", HIGH, """
        import os
        getattr(os, "".join([(a := "sys"), a[:0] + "tem"]))("id")
    """),
    Case("nested lambdas", HIGH, """
        import os
        getattr(os, (lambda f: f(f(f("metsys"))))(lambda s: s[::-1]))("id")
    """),
    Case("sorted by a key", HIGH, """
        import os
        getattr(os, "".join(c for _, c in sorted([(3, "tem"), (1, "s"), (2, "ys")])))("id")
    """),
    Case("zip of two halves", HIGH, """
        import os
        getattr(os, "".join(a + b for a, b in zip("sse", "ytm")))("id")
    """),
    Case("itertools", HIGH, """
        import itertools, os
        getattr(os, "".join(itertools.chain("sys", "tem")))("id")
    """),
    Case("accumulate", HIGH, """
        import itertools, os
        getattr(os, list(itertools.accumulate("system"))[-1])("id")
    """),
    Case("a loop with a counter", HIGH, """
        import os
        name, at = "", 6
        while at:
            at -= 1
            name += "metsys"[at]
        getattr(os, name)("id")
    """),
    Case("bytes with a key", HIGH, """
        import os
        getattr(os, bytes(a ^ b for a, b in zip(b"\\x18\\x1c\\x0a\\x1f\\x00\\x14", b"keykey")).decode())("id")
    """),
    Case("a join and a command", HIGH, """
        import os
        os.system(" ".join(["pow" + "ershell", "-w", "hidden", "-e", "x"]))
    """,
         unseen="STR-002 takes a shell's name put together at import for an innocent command"),
    Case("an address in pieces", MEDIUM, """
        import urllib.request
        urllib.request.urlopen("htt" + "ps://" + "example" + ".invalid/" + "a")
    """),
    Case("StringIO", HIGH, """
        import io, os
        out = io.StringIO()
        out.write("sys")
        out.write("tem")
        getattr(os, out.getvalue())("id")
    """),
    Case("json", HIGH, """
        import json, os
        getattr(os, json.loads('["sys", "tem"]')[0] + json.loads('"tem"'))("id")
    """),
    Case("literal_eval", HIGH, """
        import ast, os
        getattr(os, "".join(ast.literal_eval("['sys', 'tem']")))("id")
    """),
    Case("an enumeration", HIGH, """
        import os
        from enum import Enum
        class Part(Enum):
            A = "sys"
            B = "tem"
        getattr(os, Part.A.value + Part.B.value)("id")
    """),
    Case("a named tuple", HIGH, """
        import os
        from collections import namedtuple
        Part = namedtuple("Part", "a b")
        part = Part("sys", "tem")
        getattr(os, part.a + part.b)("id")
    """),
    Case("a dataclass", HIGH, """
        import os
        from dataclasses import dataclass
        @dataclass
        class Part:
            a: str
            b: str = "tem"
        part = Part(a="sys")
        getattr(os, part.a + part.b)("id")
    """),
)  # fmt: skip
