"""assay: tells whether the npm and PyPI packages that a project is about to trust are safe."""

__version__ = "0.1.0"
