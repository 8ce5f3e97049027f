"""Idioms of good packages that look like bad ones, in builds, at import and at start: none may be HIGH or worse."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, SETUP, Case

BUILDS = (
    Case("git describe in setup.py", MEDIUM, """
        import subprocess
        from setuptools import setup
        def version():
            try:
                out = subprocess.check_output(["git", "describe", "--tags"], stderr=subprocess.DEVNULL)
                return out.decode().strip().lstrip("v")
            except (OSError, subprocess.CalledProcessError):
                return "0.0.0"
        setup(name="demo", version=version())
    """, SETUP),
    Case("git describe by Popen", MEDIUM, """
        from subprocess import PIPE, Popen
        from setuptools import setup
        out, _ = Popen("git describe --always --dirty", shell=True, stdout=PIPE).communicate()
        setup(name="demo", version=out.decode().strip())
    """, SETUP),
    Case("exec of a version file", MEDIUM, """
        from setuptools import setup
        about = {}
        with open("demo/__version__.py", encoding="utf-8") as f:
            exec(f.read(), about)
        setup(name="demo", version=about["__version__"])
    """, SETUP, {"demo/__version__.py": "__version__ = '1.0'\n"}),
    Case("exec of a compiled version file", MEDIUM, """
        import os
        from setuptools import setup
        here = os.path.abspath(os.path.dirname(__file__))
        info = {}
        path = os.path.join(here, "demo", "_version.py")
        exec(compile(open(path).read(), path, "exec"), info)
        setup(name="demo", version=info["__version__"])
    """, SETUP, {"demo/_version.py": "__version__ = '1.0'\n"}),
    Case("execfile for two Pythons", MEDIUM, """
        import sys
        from setuptools import setup
        if sys.version_info[0] < 3:
            execfile("demo/version.py")
        else:
            exec(open("demo/version.py").read())
        setup(name="demo", version=__version__)
    """, SETUP, {"demo/version.py": "__version__ = '1.0'\n"}),
    Case("the version by a regular expression", MEDIUM, """
        import re
        from setuptools import setup
        with open("demo/__init__.py") as f:
            version = re.search(r'__version__ = "(.+)"', f.read()).group(1)
        setup(name="demo", version=version, long_description=open("README.md", encoding="utf-8").read())
    """, SETUP),
    Case("the package is imported for its version", MEDIUM, """
        import os, sys
        from setuptools import setup
        sys.path.insert(0, os.path.dirname(__file__))
        import demo
        setup(name="demo", version=demo.__version__)
    """, SETUP, {"demo/__init__.py": "import os\n__version__ = os.environ.get('DEMO_VERSION', '1.0')\n"}),
    Case("versioneer by spec_from_file_location", MEDIUM, """
        import importlib.util
        from setuptools import setup
        spec = importlib.util.spec_from_file_location("_version", "demo/_version.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        setup(name="demo", version=module.version)
    """, SETUP, {"demo/_version.py": "version = '1.0'\n"}),
    Case("cmake", MEDIUM, """
        import os, subprocess, sys
        from setuptools import Extension, setup
        from setuptools.command.build_ext import build_ext
        class CMakeExtension(Extension):
            def __init__(self, name, source=""):
                super().__init__(name, sources=[])
                self.source = os.path.abspath(source)
        class CMakeBuild(build_ext):
            def build_extension(self, ext):
                out = os.path.abspath(os.path.dirname(self.get_ext_fullpath(ext.name)))
                arguments = [f"-DCMAKE_LIBRARY_OUTPUT_DIRECTORY={out}", f"-DPYTHON_EXECUTABLE={sys.executable}"]
                env = os.environ.copy()
                env["CXXFLAGS"] = f"{env.get('CXXFLAGS', '')} -DVERSION={self.distribution.get_version()}"
                os.makedirs(self.build_temp, exist_ok=True)
                subprocess.check_call(["cmake", ext.source, *arguments], cwd=self.build_temp, env=env)
                subprocess.check_call(["cmake", "--build", "."], cwd=self.build_temp)
        setup(name="demo", ext_modules=[CMakeExtension("demo")], cmdclass={"build_ext": CMakeBuild})
    """, SETUP),
    Case("cython and numpy", MEDIUM, """
        import os
        import numpy
        from Cython.Build import cythonize
        from setuptools import Extension, setup
        flags = os.environ.get("CFLAGS", "-O2").split()
        setup(name="demo", ext_modules=cythonize([
            Extension("demo.fast", ["demo/fast.pyx"], include_dirs=[numpy.get_include()], extra_compile_args=flags)]))
    """, SETUP),
    Case("pkg-config", MEDIUM, """
        import subprocess
        from setuptools import Extension, setup
        def pkg_config(option):
            return subprocess.getoutput("pkg-config %s libdemo" % option).split()
        setup(name="demo", ext_modules=[Extension("demo", ["a.c"], extra_link_args=pkg_config("--libs"))])
    """, SETUP),
    Case("the platform decides about requirements", MEDIUM, """
        import platform, sys
        from setuptools import setup
        requires = ["six"]
        if platform.system() == "Windows":
            requires.append("colorama")
        if sys.version_info < (3, 8):
            requires.append("importlib_metadata")
        setup(name="demo", install_requires=requires)
    """, SETUP),
    Case("publish and clean by arguments", HIGH, """
        import os, shutil, sys
        from setuptools import setup
        if sys.argv[-1] == "publish":
            os.system("python setup.py sdist bdist_wheel")
            os.system("twine upload dist/*")
            sys.exit()
        if "clean" in sys.argv:
            shutil.rmtree("build", ignore_errors=True)
        setup(name="demo")
    """, SETUP),
    Case("a command for tests and one for upload", HIGH, """
        import os, shutil, sys
        from shutil import rmtree
        from setuptools import Command, setup
        here = os.path.abspath(os.path.dirname(__file__))
        class Upload(Command):
            user_options = []
            def initialize_options(self): pass
            def finalize_options(self): pass
            def run(self):
                try:
                    rmtree(os.path.join(here, "dist"))
                except OSError:
                    pass
                os.system("{0} setup.py sdist bdist_wheel --universal".format(sys.executable))
                os.system("twine upload dist/*")
                os.system("git push --tags")
                sys.exit()
        setup(name="demo", cmdclass={"upload": Upload})
    """, SETUP),
    Case("pytest as a command", MEDIUM, """
        import sys
        from setuptools import setup
        from setuptools.command.test import test
        class PyTest(test):
            def run_tests(self):
                import pytest
                sys.exit(pytest.main(self.test_args))
        setup(name="demo", cmdclass={"test": PyTest})
    """, SETUP),
    Case("a backend in the tree that wraps another", MEDIUM, """
        from setuptools import build_meta as _orig
        from setuptools.build_meta import *
        def get_requires_for_build_wheel(config_settings=None):
            return _orig.get_requires_for_build_wheel(config_settings) + ["cffi"]
    """, "_build/backend.py", {
        "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "backend"\nbackend-path = ["_build"]\n',
    }),
    Case("setuptools' own .pth", MEDIUM,
         "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
         "enabled and __import__('_distutils_hack').add_shim();\n", "distutils-precedence.pth"),
    Case("coverage's .pth", MEDIUM, "import coverage; coverage.process_startup()\n", "a1_coverage.pth"),
    Case("an editable finder", HIGH, "import __editable___demo_1_0_finder; __editable___demo_1_0_finder.install()\n",
         "__editable__.demo-1.0.pth", {"__editable___demo_1_0_finder.py": """
            import sys
            from importlib.machinery import ModuleSpec, PathFinder
            from importlib.util import spec_from_file_location
            MAPPING = {"demo": "/home/user/demo"}
            class _Finder:
                @classmethod
                def find_spec(cls, fullname, path=None, target=None):
                    if fullname in MAPPING:
                        return spec_from_file_location(fullname, MAPPING[fullname] + "/__init__.py")
            def install():
                if not any(finder == _Finder for finder in sys.meta_path):
                    sys.meta_path.append(_Finder)
         """}),
    Case("a folder in a .pth", MEDIUM, "/opt/demo/src\n./vendored\n", "demo.pth"),
    Case("a library found by ctypes", MEDIUM, """
        import ctypes, ctypes.util, os, sys
        def load():
            path = ctypes.util.find_library("magic") or "libmagic.so.1"
            return ctypes.CDLL(path)
        lib = None
    """),
    Case("a library of the package loaded by ctypes at import", HIGH, """
        import ctypes, os, sys
        here = os.path.dirname(__file__)
        name = "demo.dll" if sys.platform == "win32" else "libdemo.so"
        _lib = ctypes.CDLL(os.path.join(here, name))
        _lib.demo_new.restype = ctypes.c_void_p
    """),
    Case("namespace by pkg_resources", MEDIUM, "__import__('pkg_resources').declare_namespace(__name__)\n"),
    Case("namespace by pkgutil", MEDIUM, "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"),
    Case("lazy imports by __getattr__", MEDIUM, """
        import importlib
        _SUB = {"a": ".a", "b": ".b"}
        def __getattr__(name):
            if name in _SUB:
                return importlib.import_module(_SUB[name], __name__)
            raise AttributeError(name)
    """, files={"pkg/a.py": "X = 1\n", "pkg/b.py": "Y = 2\n"}),
    Case("a lazy module that replaces itself", MEDIUM, """
        import sys, types
        class _Lazy(types.ModuleType):
            def __getattr__(self, name):
                import importlib
                return getattr(importlib.import_module("pkg." + name), name)
        sys.modules[__name__] = _Lazy(__name__)
    """),
    Case("six and its moves", MEDIUM, """
        import sys
        PY3 = sys.version_info[0] == 3
        if PY3:
            import builtins
            exec_ = getattr(builtins, "exec")
            import urllib.request as request
        else:
            import urllib2 as request
            def exec_(code, globs=None, locs=None):
                exec("exec code in globs, locs")
        def reraise(tp, value, tb=None):
            raise value
    """),
    Case("moves by names", MEDIUM, """
        import importlib
        _MOVED = (("configparser", "ConfigParser"), ("urllib.request", "urllib2"), ("pickle", "cPickle"))
        for new, old in _MOVED:
            try:
                globals()[new.split(".")[0]] = importlib.import_module(new)
            except ImportError:
                globals()[new] = importlib.import_module(old)
    """),
    Case("names of a module by globals", MEDIUM, """
        for _name, _code in {"OK": 200, "MISSING": 404}.items():
            globals()[_name] = _code
        __all__ = [n for n in globals() if n.isupper()]
    """),
    Case("all submodules imported", MEDIUM, """
        import importlib, pkgutil
        for _finder, _name, _ in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{_name}")
    """, files={"pkg/a.py": "X = 1\n"}),
    Case("the version of the package by metadata", MEDIUM, """
        try:
            from importlib.metadata import version
        except ImportError:
            from importlib_metadata import version
        __version__ = version(__name__)
    """),
    Case("git at import for a version of development", HIGH, """
        import os, subprocess
        def _revision():
            try:
                return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=os.path.dirname(__file__)).decode().strip()
            except Exception:
                return ""
        __revision__ = _revision()
    """),
    Case("settings of the environment at import", MEDIUM, """
        import os
        DEBUG = os.environ.get("DEMO_DEBUG", "") == "1"
        TIMEOUT = float(os.getenv("DEMO_TIMEOUT", "10"))
        HOME = os.path.expanduser("~/.demo")
    """),
    Case("a size of a terminal at import", HIGH, """
        import os
        try:
            WIDTH = int(os.popen("stty size", "r").read().split()[1])
        except Exception:
            WIDTH = 80
    """),
)  # fmt: skip
