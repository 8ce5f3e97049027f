"""Addresses of repositories as metadata and provenance write them, brought to one form: ``host/owner/name``. Pure.

Forms: URLs with any prefix of npm's or pip's (``git+https``), the short form of SSH, npm's ``owner/name`` and
``gitlab:owner/name`` (its documentation, page package-json), a path within a host's own pages.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from assay.scanner.lazy_pattern import lazy

HOSTS = frozenset(
    {
        "bitbucket.org",
        "codeberg.org",
        "framagit.org",
        "git.sr.ht",
        "gitea.com",
        "gitee.com",
        "github.com",
        "gitlab.com",
        "gitlab.freedesktop.org",
        "gitlab.gnome.org",
        "invent.kde.org",
        "opendev.org",
        "salsa.debian.org",
    }
)
"""Hosts of which it is known that a path names a repository."""

_PLAIN = frozenset({"bitbucket.org", "codeberg.org", "git.sr.ht", "gitea.com", "gitee.com", "github.com"})
"""Hosts without groups within groups: the first two names of a path are owner and repository."""

_NOT_OWNERS = frozenset({"about", "apps", "collections", "features", "marketplace", "orgs", "sponsors", "topics"})
_PAGES = frozenset({"-", "blob", "commits", "issues", "merge_requests", "raw", "releases", "tags", "tree", "wikis"})
"""Names below a repository with groups that are pages of it."""

_SHORT = {"bitbucket": "bitbucket.org", "github": "github.com", "gitlab": "gitlab.com"}
_URL = lazy(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#]*@)?([^/?#:@]+)(?::[0-9]*)?/([^?#]*)", re.IGNORECASE)
_SSH = lazy(r"(?:(?:git\+)?ssh://)?[^/?#:@\s]+@([^/?#:@\s]+):([^?#]*)")
_BY_NAME = lazy(r"(bitbucket|github|gitlab):([^/?#:@\s]+/[^?#]*)")
_BARE = lazy(r"([^/?#:@\s]+)/([^?#]*)")
_LONGEST = 1_024


def repository_of(text: str, also: str = "") -> str:
    """Return ``host/owner/name`` in lower case, "" for what names no repository of a known host or the host ``also``.

    These hosts do not tell case. What a shorthand leaves out is GitHub's, as npm reads it.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return ""
    for form in (_URL, _SSH, _BARE):
        match = form.match(text)
        if match:
            host, path = match[1].lower().removeprefix("www.").removeprefix("ssh."), match[2]
            if host in HOSTS or host == also:
                return _joined(host, path)
            if form is not _BARE:
                return ""
    named = _BY_NAME.match(text)
    if named:
        return _joined(_SHORT[named[1]], named[2])
    bare = _BARE.fullmatch(text.partition("#")[0])
    return _joined("github.com", text.partition("#")[0]) if bare and "/" not in bare[2] and "." not in bare[1] else ""


def host_of(text: str) -> str:
    """Return the host of an address that is a URL or of the form of SSH, "" for any other."""
    match = _URL.match(text.strip()) or _SSH.match(text.strip())
    return match[1].lower().removeprefix("www.") if match and len(text) <= _LONGEST else ""


def _joined(host: str, path: str) -> str:
    names = [name for name in unquote(path).partition("@")[0].strip("/").split("/") if name]
    if host in _PLAIN:
        names = names[:2]
    else:
        end = next((at for at, name in enumerate(names) if at > 1 and name in _PAGES), len(names))
        names = names[:end]
    if len(names) < 2 or names[0].lower() in _NOT_OWNERS:
        return ""
    names[-1] = names[-1].removesuffix(".git")
    return "/".join((host, *names)).lower() if names[-1] else ""
