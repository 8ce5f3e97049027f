"""In what a package may disagree with itself, by kind of mismatch: how bad it is, and what is said of it."""

from assay.scanner.models import Severity

KINDS = {
    "unsafe-name": (Severity.HIGH, "has a member whose name is dangerous to unpack"),
    "duplicate-name": (Severity.MEDIUM, "has two members of one name with different content"),
    "other-name": (Severity.MEDIUM, "is named as another package than its metadata say"),
    "other-version": (Severity.MEDIUM, "is named as another version than its metadata say"),
    "entry-outside": (Severity.MEDIUM, "names a main file, an export or a command that lies outside of it"),
    "several-roots": (Severity.MEDIUM, "has manifests in several folders, of which npm makes one"),
    "special-member": (Severity.MEDIUM, "has a member that is neither file, folder nor link"),
    "link-outside": (Severity.MEDIUM, "has a link that leads out of it"),
    "several-dist-info": (Severity.MEDIUM, "has more than one set of metadata"),
    "wrong-hash": (Severity.MEDIUM, "has a file that is not the one that its RECORD lists"),
    "unlisted": (Severity.MEDIUM, "has a file that its RECORD does not list"),
    "shadowing": (Severity.MEDIUM, "has a file beside it that is imported in place of one that its RECORD lists"),
    "wrong-size": (Severity.LOW, "has a file of another size than its RECORD lists"),
    "missing-entry": (Severity.LOW, "names a main file or a command that is not there"),
    "unlocked-version": (Severity.LOW, "is installed in another version than its lockfile has"),
    "missing": (Severity.LOW, "lacks a file that its RECORD lists"),
    "added": (Severity.LOW, "has a file among its modules that its RECORD does not list"),
    "altered-beside": (Severity.LOW, "has a script or a test that is not the one that its RECORD lists"),
    "overwritten": (Severity.LOW, "has a file that another distribution replaced"),
    "no-record": (Severity.LOW, "has no RECORD"),
    "no-hash": (Severity.LOW, "has a RECORD that lists files without a hash"),
    "weak-hash": (Severity.LOW, "has a RECORD with hashes that the format does not allow"),
    "bad-record": (Severity.LOW, "has a RECORD that is not well formed"),
    "colliding-names": (Severity.LOW, "has names that some file systems do not tell apart"),
    "hidden-requirement": (Severity.LOW, "asks for packages that its metadata do not list"),
    "link": (Severity.LOW, "is a zip with a symbolic link"),
    "missing-export": (Severity.INFO, "exports files that are not there"),
    "file-name": (Severity.INFO, "is not named after what it holds"),
    "repackaged": (Severity.INFO, "has files that are not those of the RECORD that it was packed with"),
    "other-hash": (Severity.INFO, "has a RECORD with hashes that were not compared"),
    "no-metadata": (Severity.INFO, "has no metadata; its name is that of its file"),
    "no-root": (Severity.INFO, "has no folder that holds everything"),
}
"""Severity and message by kind of mismatch. Only what never happens by mistake is HIGH."""
