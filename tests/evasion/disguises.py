"""Files that look other than they are: old syntax, other letters, other line ends, what stands off the screen or elsewhere."""

# ruff: noqa: E501, RUF001 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, Case

DISGUISES = (
    Case("exec as a text, Python 2", HIGH, """
        import base64
        exec "import os; os.system('id')"
        exec base64.b64decode("<B64>")
    """),
    Case("exec in a namespace, Python 2", HIGH, """
        print "installing"
        exec "<B64>".decode("base64") in {}
    """),
    Case("execfile, Python 2", MEDIUM, """
        execfile("/tmp/x.py")
    """),
    Case("backticks and except, Python 2", MEDIUM, """
        import os
        try:
            raise ValueError, "a"
        except ValueError, e:
            print >>None, `e`
            os.system("id")
    """),
    Case("another road to bytes, Python 2", HIGH, """
        exec("<HEX>".decode("hex"))
    """),
    Case("full-width letters", HIGH, """
        ｅｘｅｃ("import os; os.system('id')")
    """),
    Case("mathematical letters in an attribute", HIGH, """
        import os
        os.𝘀𝘆𝘀𝘁𝗲𝗺("id")
    """),
    Case("a line that goes on", MEDIUM, """
        import os
        os.\\
        system\\
        ("id")
    """),
    Case("behind the edge of the screen", HIGH, "import os\nVERSION = '1'" + " " * 240 + "; os.system('id')\n"),
    Case("behind many tabs", HIGH, "import os\nVERSION = '1'" + "\t" * 90 + "; os.system('id')\n"),
    Case("after many empty lines", MEDIUM, "VERSION = '1'\n" + "\n" * 3000 + "import os; os.system('id')\n"),
    Case("form feeds", MEDIUM, "\f\nimport os\n\f\fos.system('id')\n"),
    Case("byte-order mark", MEDIUM, "\ufeffimport os\nos.system('id')\n"),
    Case("lines that end in a carriage return", MEDIUM, "import os\ros.system('id')\r"),
    Case("lines that end in both", MEDIUM, "import os\r\n# \\\r\nos.system('id')\r\n"),
    Case("a coding cookie", HIGH, "# -*- coding: rot13 -*-\nvzcbeg bf\nbf.flfgrz('vq')\n",
         unseen="no rule says that a source file is written in a code"),
    Case("a coding cookie of escapes", HIGH, "# coding: raw_unicode_escape\n#\\u000aimport os; os.system('id')\n",
         unseen="no rule says that a source file is written in a code"),
    Case("a comment that ends unseen", MEDIUM, "# see 'src/**/*.py' \"\"\"\nimport os; os.system('id')\n# \"\"\"\n"),
    Case("a NUL in a comment", MEDIUM, "# a\x00b\nimport os\nos.system('id')\n"),
    Case("a broken part before it", MEDIUM, "def f(:\n  ]]\n\nimport os\nos.system('id')\n"),
    Case("type checking only, and else", MEDIUM, """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import json
        else:
            import os
            os.system("id")
    """),
    Case("once a date has passed", MEDIUM, """
        import datetime, os
        if datetime.date.today() > datetime.date(2020, 1, 1):
            os.system("id")
    """),
    Case("where no debugger looks", MEDIUM, """
        import os, sys
        if sys.gettrace() is None and os.cpu_count() > 2:
            os.system("id")
    """),
    Case("in a submodule that is imported", MEDIUM, """
        from . import _core
    """, files={"pkg/_core.py": "import os\nos.system('id')\n"}),
    Case("in a submodule of another suffix", MEDIUM, """
        import os
        exec(open(os.path.join(os.path.dirname(__file__), "core.txt")).read())
    """, files={"pkg/core.txt": "import os\nos.system('id')\n"},
         unseen="text files of the package that are executed are not read as code"),
    Case("in a folder named tests that is imported", MEDIUM, """
        from .tests import helper
    """, files={"pkg/tests/__init__.py": "", "pkg/tests/helper.py": "import os\nos.system('id')\n"}),
)  # fmt: skip
