"""When code runs: what setup() is given as commands, and what stands under ``__name__ == "__main__"``."""

from __future__ import annotations

import pytest

from assay.scanner.code.analysis import analyse
from assay.scanner.code.python import lower

COMMAND = """
from setuptools import setup
from setuptools.command.install import install
import os
def spread(word):
    os.system(word)
class Installing(install):
    def run(self):
        install.run(self)
        spread("at-install")
    def other(self):
        os.system("when-called")
"""


@pytest.mark.parametrize(
    ("given", "at_import"),
    [
        ("setup(cmdclass={'install': Installing})", True),
        ("setup(**{'cmdclass': dict(install=Installing)})", True),
        ("if True:\n    commands = {}\n    commands['install'] = Installing\n    setup(cmdclass=commands)", True),
        ("def build():\n    setup(cmdclass={'install': Installing})\nbuild()", True),
        ("setup(cmdclass={'build_py': Installing, 'upload': None})", True),
        ("setup(cmdclass={'upload': Installing, 'build_py': None})", False),
        ("setup()", False),
        ("def build():\n    setup(cmdclass={'install': Installing})", False),
    ],
)
def test_a_command_runs_with_setup(given: str, at_import: bool) -> None:
    facts = analyse({"setup": lower((COMMAND + given).encode(), "setup.py")}, (), lower)
    seen = {
        call.arguments[0].value.value: call.where.at_import
        for call in facts.calls
        if call.name == "os.system" and call.arguments[0].value.value
    }
    assert seen == {"at-install": at_import, "when-called": False}


@pytest.mark.parametrize(
    ("test", "conditions"),
    [
        ("__name__ == '__main__'", ("main:__name__",)),
        ("'__main__' == __name__", ("main:__name__",)),
        ("__name__ == '__ma' + 'in__'", ("main:__name__",)),
        ("__name__ == bytes.fromhex('5f5f6d61696e5f5f').decode()", ("main:__name__",)),
        ("__name__ == '__main__' and True", ("main:__name__",)),
        ("__name__ == 'setup'", ()),
        ("__name__ == 'other'", ("never",)),
    ],
)
def test_what_a_file_does_when_it_is_run_by_itself(test: str, conditions: tuple[str, ...]) -> None:
    source = f"import os\nif {test}:\n    os.system('x')\n"
    facts = analyse({"setup": lower(source.encode(), "setup.py")}, (), lower)
    assert [call.where.conditions for call in facts.calls if call.name == "os.system"] == [conditions]
