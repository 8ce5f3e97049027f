"""The nouns that everything is said in: named tuples, typed; tuples and frozensets all the way down.

Classes that the standard library writes as source and compiles at each start would cost a tenth of a small scan.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.scanner.knowledge import Freshness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.scanner.code.package import PackageCode
    from assay.scanner.knowledge import CorpusView, Observable, PackInfo
    from assay.scanner.rulings import Adjustment, Note, RulesUse, SuppressedFinding, Verdict, WaivedFinding

Ecosystem = Literal["npm", "pypi"]
TargetKind = Literal["project", "lockfile", "artifact", "environment", "directory", "sbom"]


class Severity(StrEnum):
    """How bad a finding is. HIGH and CRITICAL are what a security engineer stops a release for."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for CRITICAL to 4 for INFO, so that sorting by rank puts the worst first."""
        return _SEVERITY_RANK[self]

    def at_least(self, other: Severity) -> bool:
        """Say whether this severity is as bad as ``other`` or worse."""
        return self.rank <= other.rank


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Confidence(StrEnum):
    """How sure a finding is; EXACT is a match by identity or hash."""

    EXACT = "exact"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Scope(StrEnum):
    """Why a project depends on a component."""

    PROD = "prod"
    DEV = "dev"
    OPTIONAL = "optional"
    PEER = "peer"


class Source(StrEnum):
    """Where a component comes from, as its lockfile or manifest says."""

    REGISTRY = "registry"  # by name and version from a package registry
    URL = "url"  # an archive at an address
    GIT = "git"  # a version-control checkout
    FILE = "file"  # a file or folder on disk that gets copied in
    LINK = "link"  # a folder on disk that is linked, editable installs included
    WORKSPACE = "workspace"  # a member of the project itself


class Location(NamedTuple):
    """A place in the target: POSIX path relative to its root; line and column count from 1."""

    path: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None


class Gap(NamedTuple):
    """Something that could not be looked at. ``path`` is relative, "" for the whole target.

    ``reason`` is a short stable code ("syntax", "too-deep", …), ``detail`` one line for a person.
    """

    path: str
    reason: str
    detail: str


class Component(NamedTuple):
    """A package that the target names: exact (``version`` set) or only declared (``version`` None).

    ``name`` is normalised (PEP 503 on PyPI, verbatim on npm); ``purl`` has no version if ``version`` is None.
    ``direct`` means that the project itself asks for it. ``requires`` holds the purls of the components that it depends
    on, as far as the input resolves them. ``hashes`` are ``algorithm:lowercase-hex`` of the artifact. ``resolved`` is
    the URL it is fetched from, without credentials. ``aliases`` are other names that it is installed under.
    ``requirement`` is the declared range of an unresolved component. All tuples are sorted and hold no value twice.
    """

    purl: str
    ecosystem: Ecosystem
    name: str
    version: str | None
    source: Source = Source.REGISTRY
    direct: bool = False
    scopes: tuple[Scope, ...] = ()
    requires: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    resolved: str | None = None
    licences: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    requirement: str | None = None
    locations: tuple[Location, ...] = ()

    @property
    def unresolved(self) -> bool:
        """True for a package of a registry that is declared without an exact version."""
        return self.version is None and self.source is Source.REGISTRY


class Finding(NamedTuple):
    """Something that was seen, where, how bad and how sure.

    ``message`` is one sentence from the rule's own template; text that comes from the target or the corpus stands in
    ``evidence`` (each ≤ 200 characters, escaped). ``via`` is the shortest chain of purls from a direct dependency to
    the subject; the engine fills in it and ``fingerprint``, the invoker's rules file ``adjusted`` and ``note``.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    purl: str
    message: str
    location: Location | None = None
    trigger: str | None = None
    trace: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    remediation: str = ""
    references: tuple[str, ...] = ()
    fingerprint: str = ""
    adjusted: Adjustment | None = None
    note: Note | None = None


class FileDigest(NamedTuple):
    """One file that was considered: relative POSIX path, sha256 of its content (hex), size in bytes.

    ``inside`` says that it lies in an archive of the target, whose own bytes say all of it; ``!/`` stands in its path.
    """

    path: str
    sha256: str
    size: int
    inside: bool = False


class Sighting(NamedTuple):
    """A text that was looked for and found in a file: the first place of each observable in each file."""

    path: str
    line: int
    column: int
    observable: Observable


class PackedFile(NamedTuple):
    """A file of a package: path within it, sha256 (hex), size, and what it is by its first bytes ("" if unknown)."""

    path: str
    sha256: str
    size: int
    kind: str = ""


class DeclaredFile(NamedTuple):
    """A file that RECORD lists: ``algorithm:hex`` ("" for none), and size in bytes if it says one."""

    path: str
    digest: str
    size: int | None = None


class EntryPoint(NamedTuple):
    """What a package offers under a name in a group: ``target`` is ``module:attribute`` as written."""

    group: str
    name: str
    target: str


class Mismatch(NamedTuple):
    """Something in which a package disagrees with itself: a stable ``kind``, the file ("" for none), one line.

    What provenance beside an archive says otherwise is ``attested-…``, with the path of that file in the target.
    """

    kind: str
    path: str
    detail: str


Packing = Literal["wheel", "sdist", "tarball", "installed", "source"]


class Package(NamedTuple):
    """A component whose files are here, by its purl. Paths are within the package; all tuples are sorted.

    ``purl`` is "" for files that no component is known to own: a folder of source code, an archive without a name.
    ``path`` is that of the archive in the target, or of the folder of the files: "" for the target itself, in an npm
    ``tarball`` ``x.tgz!/package``. ``tags`` are a wheel's (``py3-none-any``). ``files`` are all that were read,
    ``declared`` those of RECORD. ``modules`` are the top-level names that can be imported, ``scripts`` the commands
    that it installs, ``data`` the ``.data`` folders, ``startup`` the files that run whenever an interpreter starts,
    ``build_files`` what a build runs or reads. ``code`` is what its code does, None if that was not asked for or it has
    none. On npm ``platforms`` are those that it is for, ``bundles`` the folders of the ``bundled`` packages in it.
    ``people`` are the authors and maintainers that it names, ``lifecycle`` the scripts that npm runs when it installs
    the package: (name, line).
    """

    purl: str
    path: str
    packed: Packing
    tags: tuple[str, ...] = ()
    files: tuple[PackedFile, ...] = ()
    declared: tuple[DeclaredFile, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    modules: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    startup: tuple[str, ...] = ()
    build_files: tuple[str, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    code: PackageCode | None = None
    ecosystem: Ecosystem = "pypi"
    platforms: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    bundled: bool = False
    people: tuple[str, ...] = ()
    lifecycle: tuple[tuple[str, str], ...] = ()

    @property
    def pure(self) -> bool:
        """True for a wheel that says it runs on every platform."""
        return self.packed == "wheel" and bool(self.tags) and all(tag.endswith("-none-any") for tag in self.tags)

    @property
    def folder(self) -> bool:
        """True for files that lie in a folder, which may be one in an archive."""
        return self.packed in ("tarball", "installed", "source")

    def place(self, path: str) -> Location:
        """Return where a file of the package, or ``../`` beside a folder, stands in the target; "" for the whole."""
        if not path and self.packed == "tarball" and self.files:
            path = min((file.path for file in self.files), key=lambda one: (one != "package.json", one))
        if self.folder:
            folder = self.path
            while path.startswith("../"):
                folder, path = folder.rpartition("/")[0], path[3:]
            return Location(f"{folder}/{path}" if folder and path else folder or path)
        return Location(f"{self.path}!/{path}" if path else self.path)


class Change(NamedTuple):
    """Two versions of a package at hand: the older and the newer, and the names of what each requires, sorted."""

    before: Package
    after: Package
    required_before: tuple[str, ...] = ()
    required_after: tuple[str, ...] = ()


class Inventory(NamedTuple):
    """All that was read of a target; facts only, never file contents.

    ``files`` is sorted by path and covers every file whose bytes were hashed. ``components`` is sorted by purl.
    ``links`` are the links met, each with what it points at; they count for the target's digest. ``not_analysed``
    counts files by language that were not read as code. ``excluded`` is what the invoker left out. ``sightings`` are
    the texts that were found, sorted. ``owners`` are (folder, purl) of the packages whose files are here, sorted; a
    file belongs to the deepest folder that holds it, else to the target itself. ``contents`` are the packages that
    were read file by file, sorted by path. ``unattested`` are the paths of the artifacts beside which no provenance
    lies, sorted.
    """

    kind: TargetKind
    name: str
    files: tuple[FileDigest, ...]
    components: tuple[Component, ...]
    packages: int = 0
    links: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()
    not_analysed: tuple[tuple[str, int], ...] = ()
    excluded: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    contents: tuple[Package, ...] = ()
    unattested: tuple[str, ...] = ()


class SourceFile(NamedTuple):
    """A file of the target as a rule sees it: whose it is (a purl), its SHA-256, and the texts found in it."""

    path: str
    owner: str
    sha256: str
    sightings: tuple[Sighting, ...] = ()


class Rule(NamedTuple):
    """One entry of the catalogue. ``doc`` is the rule's page: title, Detects, Why, Misses, Fix.

    ``vectors`` are the rows of SCAAT.md that the rule covers. ``quiet`` are the severities that the default profile
    leaves out because alone they are facts, not warnings. ``of_ecosystem`` holds the severities in an ecosystem where
    they are fewer than ``severities``. ``of_mentioned`` says that the rule finds nothing in a component whose name
    ``CorpusView.mentioned`` leaves out, so that it need not be asked. ``check`` is asked about components,
    ``check_file`` about files in which something was sighted or that an indicator names, ``check_package``
    about packages whose files were read, ``check_change`` about two versions of one, ``check_target`` once about all.
    """

    id: str
    doc: str
    severities: tuple[Severity, ...]
    vectors: tuple[str, ...]
    quiet: frozenset[Severity] = frozenset()
    of_ecosystem: tuple[tuple[Ecosystem, tuple[Severity, ...]], ...] = ()
    of_mentioned: bool = False
    check: Callable[[Component, CorpusView], Iterator[Finding]] | None = None
    check_file: Callable[[SourceFile, CorpusView], Iterator[Finding]] | None = None
    check_package: Callable[[Package, CorpusView], Iterator[Finding]] | None = None
    check_change: Callable[[Change, CorpusView], Iterator[Finding]] | None = None
    check_target: Callable[[Inventory, CorpusView], Iterator[Finding]] | None = None

    def severities_in(self, ecosystem: Ecosystem) -> tuple[Severity, ...]:
        """Return the severities that the rule's findings can have in an ecosystem."""
        return next((some for name, some in self.of_ecosystem if name == ecosystem), self.severities)

    @property
    def title(self) -> str:
        """The first line of the page."""
        return self.doc.partition("\n")[0].rstrip(".")


_NOT_EVALUATED = Freshness()


class Tool(NamedTuple):
    """Which assay made a report: version and ``sha256:…`` of its rules, code and result-changing libraries."""

    version: str
    ruleset: str


class Coverage(NamedTuple):
    """What was looked at and what was not. ``unresolved`` are purls of declarations without an exact version."""

    files: int
    bytes: int
    components: int
    packages: int
    not_analysed: tuple[tuple[str, int], ...]
    unresolved: tuple[str, ...]
    excluded: tuple[str, ...]
    gaps: tuple[Gap, ...]

    @property
    def complete(self) -> bool:
        """True when there is no gap."""
        return not self.gaps


class Report(NamedTuple):
    """The whole result. ``policy``, ``target_digest`` and ``fingerprint`` are ``sha256:…``."""

    tool: Tool
    corpus: tuple[PackInfo, ...]
    target_kind: TargetKind
    target_name: str
    target_digest: str
    policy: str
    coverage: Coverage
    components: tuple[Component, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    suppressed: tuple[SuppressedFinding, ...] = ()
    user_rules: RulesUse | None = None
    freshness: Freshness = _NOT_EVALUATED
    fingerprint: str = ""
