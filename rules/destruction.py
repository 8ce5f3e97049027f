"""Whether a path is a whole home, drive or system, and whether a command destroys what is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import CallFact

_WHOLE = lazy(
    r"(?:/|[a-z]:/?|/home/?|/users/?|/root/?|/etc/?|/usr/?|/var/?|/boot/?|/bin/?|/lib/?|~/?|\$home/?|\$\{home\}/?"
    r"|/\*|~/\*|\$home/\*"
    r"|%userprofile%/?|%systemdrive%/?|%homedrive%/?|c:/windows(?:/system32)?/?|/system/?|/library/?)"
)
_PERSONAL = lazy(
    r"(?:/|~|home\}|%userprofile%|…)/?(?:desktop|documents|pictures|downloads|music|videos|onedrive|dcim)(?:/|\*)*$"
    r"|^/(?:sdcard|storage/emulated/0)(?:/|$)"
)
_TARGET = (
    r"[\"']?(?:/|~|\$home|\$\{home\}|/home|/etc|/usr|/var|/boot|/root|/\*|~/\*|%userprofile%|[a-z]:\\?)(?:/"
    r"|\\)?\*?[\"']?(?:\s|$|;|&|\|)"
)
_COMMANDS = lazy(
    rf"\brm\s+(?:-\S+\s+)*-\w*[rf]\w*\s+(?:-\S+\s+)*(?:--no-preserve-root\s+)?{_TARGET}"
    r"|--no-preserve-root"
    r"|\b(?:rd|rmdir|del|erase)\s+(?:/[sqf]\s+){1,3}[\"']?(?:[a-z]:\\?(?:\*(?:\.\*)?|windows\S*|users\S*)?"
    r"|%userprofile%\S*|%systemroot%\S*)[\"']?(?:\s|$|&)"
    r"|\bformat(?:\.com)?\s+[a-z]:|\bdd\b[^|;]*\bof=/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk)"
    r"|\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*/dev/"
    r"|vssadmin(?:\.exe)?\s+delete\s+shadows|wmic(?:\.exe)?\s+shadowcopy\s+delete|wbadmin(?:\.exe)?\s+delete"
    r"|bcdedit(?:\.exe)?\b.*recoveryenabled\s+no|\bcipher(?:\.exe)?\s+/w|\bshred\s+.*(?:/dev/|~|\$home)"
    rf"|\bfind\s+{_TARGET}.*(?:-delete|-exec\s+rm)|>\s*/dev/(?:sd|nvme)|:\(\)\s*\{{\s*:\|:&\s*\}}|diskpart.*clean"
)


_HERE = lazy(
    r"(?:^|[;&|]\s*|\bsudo\s+)(?:rm\s+(?:-\S+\s+)*-\w*r\w*\s+(?:-\S+\s+)*(?:\./)?\*(?:\s+\.\*)?"
    r"|(?:rd|rmdir|del|erase)\s+(?:/[sqf]\s+){1,3}(?:\.|\*(?:\.\*)?))\s*(?=$|[;&|]|rm\s)"
)
_GOES = lazy(r"\b(?:cd|chdir|pushd)\s")


_UNQUOTED = str.maketrans("", "", "\"'")


def empties_folder(command: str) -> bool:
    """Say whether a command line deletes all that lies in the folder it is started in, whichever that is."""
    line = command.lower()
    return _HERE.search(line) is not None and _GOES.search(line) is None


def is_whole(path: str) -> bool:
    """Say whether a path is a home, a drive, a folder of the system, or one that users keep their own files in."""
    text = path.replace("\\", "/").replace("//", "/").lower()
    return _WHOLE.fullmatch(text) is not None or _PERSONAL.search(text) is not None


def destroys(command: str) -> bool:
    """Say whether a command line deletes homes or drives, formats disks or removes their copies."""
    line = command.lower()
    return _COMMANDS.search(line) is not None or _COMMANDS.search(line.translate(_UNQUOTED)) is not None


def spares_folders(call: CallFact) -> bool:
    """Say whether a deletion of Node.js is known to take single files alone: nothing asks it to go into folders."""
    if not call.name.startswith("fs.") or not call.name.endswith((".rm", ".rmSync")):
        return False
    options = [one.value for one in call.arguments if one.position == 1]
    return all(one.kind in ("mapping", "function") and "recursive" not in one.strings for one in options)
