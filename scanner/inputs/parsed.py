"""What a parser returns: components, declarations and how they hang together; and gaps for what it could not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.scanner.models import Component, DeclaredFile, EntryPoint, Gap, Location, Mismatch, Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.npm_manifest import NpmManifest
    from assay.scanner.models import Ecosystem


class Declaration(NamedTuple):
    """What a manifest asks for: a name and a range, not yet a version.

    ``requirement`` is the range verbatim ("" for any). ``pinned`` is the version if the range admits exactly one
    (``==1.2.3``, ``1.2.3``). ``name`` is the normalised real package name, ``alias`` what it is installed as, if
    that differs. ``where`` is the address for a source other than REGISTRY (see ``purl_from``).
    ``constraint`` marks a line that only narrows what others ask for (pip's ``-c``, overrides): it never makes a
    component of its own.
    """

    ecosystem: Ecosystem
    name: str
    requirement: str
    location: Location
    scopes: tuple[Scope, ...] = (Scope.PROD,)
    pinned: str | None = None
    source: Source = Source.REGISTRY
    where: str | None = None
    alias: str | None = None
    hashes: tuple[str, ...] = ()
    constraint: bool = False


class Include(NamedTuple):
    """Another file that this one pulls in (pip's ``-r`` and ``-c``): its path as written, and whether it constrains."""

    path: str
    constraint: bool
    location: Location


class Binding(NamedTuple):
    """How a lockfile answers a manifest: in ``importer``'s manifest, ``descriptor`` resolves to ``purl``.

    ``importer`` is the manifest's folder relative to the lockfile's ("" for the same folder, "*" for any), or
    the name of the one manifest beside the lockfile that it is for.
    ``descriptor`` is ``name`` or ``name@range`` as the manifest writes it (``name`` is the alias if there is one).
    Several bindings of one descriptor mean that the platform decides.
    """

    importer: str
    descriptor: str
    purl: str


class Installed(NamedTuple):
    """A package whose files lie in the target, as its own metadata says.

    ``root`` is its folder (``node_modules/x``, ``…/site-packages/x-1.0.dist-info``), relative to the target.
    ``needs`` are the names that it depends on, each with the scope; the tree resolves them by where things lie.
    """

    root: str
    component: Component
    needs: tuple[tuple[str, Scope], ...] = ()


class Hint(NamedTuple):
    """What a neighbouring file says of the installed package at ``root`` (direct_url.json, REQUESTED)."""

    root: str
    direct: bool = False
    source: Source | None = None
    where: str | None = None


class Subject(NamedTuple):
    """What a statement is about: a purl, a file's name or "", and its digests, ``algorithm:lowercase-hex``."""

    name: str
    digests: tuple[str, ...]


class Statement(NamedTuple):
    """What somebody signed of a build; nobody verified it. ``repositories`` are those that it was built from."""

    predicate: str
    subjects: tuple[Subject, ...]
    repositories: tuple[str, ...] = ()


class Parsed(NamedTuple):
    """All that one file says.

    ``kind`` tells what the file is: a ``lockfile`` answers the manifests beside and below it; a ``manifest``
    declares; ``installed`` is metadata of a package that lies in the target; ``artifact`` is a package that is packed,
    and its declarations are what it needs; ``sbom`` stands for itself; ``provenance`` speaks of an artifact beside it.
    ``directness`` is False when the format does not say which components the project itself asks for.
    ``project`` is the name that a manifest gives to the project; ``workspaces`` are the patterns of the folders, below
    the manifest's own, whose manifests are members of the same project. ``claims`` are the files that an installed
    distribution says are its own, relative to the target; ``declared`` are the same as its RECORD lists them, and
    ``mismatches`` what is wrong in that. ``entry_points``, ``installer`` (who put it there, in lower case) and
    ``starts`` (the modules that a ``.pth`` file imports) are what other files beside it say. ``npm`` is what a
    package.json says of the package's own content. The first of the packages ``installed`` in an ``artifact`` that has
    a ``project`` is the artifact itself. ``repositories`` are where its metadata say that its source is, as written;
    ``statements`` what a provenance says.
    """

    kind: Literal["lockfile", "manifest", "installed", "artifact", "sbom", "provenance"]
    components: tuple[Component, ...] = ()
    directness: bool = True
    bindings: tuple[Binding, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    includes: tuple[Include, ...] = ()
    installed: tuple[Installed, ...] = ()
    hints: tuple[Hint, ...] = ()
    gaps: tuple[Gap, ...] = ()
    project: str | None = None
    workspaces: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    declared: tuple[DeclaredFile, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    installer: str = ""
    starts: tuple[str, ...] = ()
    npm: NpmManifest | None = None
    repositories: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
