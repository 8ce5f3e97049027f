"""Lines of shell, read as far as they can be known without running them: POSIX sh and the forms of Windows' cmd.exe.

Grammar: POSIX.1-2017, XCU 2 (Shell Command Language), with bash's ``$'…'``, ``<<<``, ``<(…)`` and ``{a,b}``; cmd.exe as
its own help describes it. Only what names commands is read: lists, words, quoting, escapes, variables that the text
itself sets, redirections, substitutions. Pure; one pass over the characters; never raises.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from assay.scanner.code.npm.shell_output import printed, unescaped
from assay.scanner.code.npm.words import Parsed, Redirection, Simple, Word
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

Dialect = Literal["sh", "cmd"]

LONGEST = 1 << 18
"""Characters of a text that are read."""

MOST_COMMANDS = 4_096
"""Commands of a text that are read."""

_ROOM = 1 << 20
"""Characters that variables may bring, and that loops may have read again."""

_MOST_ROUNDS = 64
"""Rounds of one loop that are read; the words of further ones are left out, and reading is not whole."""

_DEEPEST = 3
"""Substitutions inside of one another whose output is worked out."""

_PLAIN = {"sh": lazy(r"[^\s\\'\"$`;&|<>(){}#]+"), "cmd": lazy(r"[^\s\"%^;&|<>(),=#]+")}
_OPERATOR = lazy(r"&&|\|\||\|&|;;|[;&|()\n]")
_REDIRECTION = lazy(r"\d*(?:<<<|<<-?|&>>|&>|>>|>&|<&|<>|>\||<|>)")
_BLANK = lazy(r"(?:[ \t\r\f\v]|\\\r?\n)+")
_VARIABLE = lazy(r"\$(?:(\w+)|\{(\w+)\}|\{(\w+):?-([^{}]{0,4000})\}|\{(\w+):(\d{1,4})(?::(\d{1,4}))?\}|[@*#?$!-])")
_PERCENT = lazy(r"%(\w+)%|%~?[\d*]|!(\w+)!")
_ASSIGNMENT = lazy(r"(\w+)\+?=(.*)\Z", re.DOTALL)
_HEREDOC = lazy(r"<<-?[ \t]*([\"']?)(\w+)\1")
_BROKEN_UP = lazy(
    r"[A-Za-z](?:''|\"\"|\\[A-Za-z]|'[A-Za-z]+'|\"[A-Za-z]+\"|\^[A-Za-z])|^(?:'[A-Za-z]'|\"[A-Za-z]\"|\\[a-z])\w|\$'[^']*\\[xu0-7]|[A-Za-z]\$[@*][A-Za-z]"
)
_NO_NAME = lazy(r"[\s(){}=:;,]")
_LONGEST_NAME = 64
_BRACES = lazy(r"\{([^{}\s,]*(?:,[^{}\s,]*){1,64})\}\Z")
_WEAK = {**dict.fromkeys(("&&", "||", "|", "|&"), "\n()"), "\n": "()"}
"""Operators after which those named here change nothing."""

_ANYWHERE = frozenset({"base64", "base32", "hex", "gzip", "rot13", "reverse", "blanks"})
"""Steps that hide a word wherever it stands; the others are everyday but in the name of a program."""

_RESERVED = frozenset(
    "{ } ! if then else elif fi do done while until esac function coproc time @".split()  # noqa: SIM905
)


def parse(text: str, dialect: Dialect = "sh", variables: Mapping[str, str] | None = None) -> Parsed:
    """Read a text as shell. ``variables`` are known before its first line; none of the text's own need be named."""
    return _parse(text, dialect, variables or {}, 0)


def _parse(text: str, dialect: Dialect, variables: Mapping[str, str], depth: int) -> Parsed:
    reader = _Reader(text[:LONGEST], dialect, dict(variables), depth)
    whole = reader.read() and len(text) <= LONGEST
    return Parsed(tuple(reader.commands), tuple(dict.fromkeys(reader.substitutions)), whole)


class _Loop:
    """A ``for`` that is being read: what it sets to which words in turn, and where its body begins."""

    def __init__(self, name: str, words: list[str], start: int) -> None:
        self.name = name
        self.words = words
        self.start = start


class _Reader:
    """Where reading has come to in a text, and the command that is being put together."""

    def __init__(self, text: str, dialect: Dialect, variables: dict[str, str], depth: int) -> None:
        self.text = text
        self.windows = dialect == "cmd"
        self.plain = _PLAIN[dialect]
        self.variables = variables
        self.depth = depth
        self.room = _ROOM
        self.steps: list[str] = []
        self.parentheses = 0
        self.begun = 0
        self.at = 0
        self.commands: list[Simple] = []
        self.substitutions: list[str] = []
        self.words: list[Word] = []
        self.redirections: list[Redirection] = []
        self.assignments: list[tuple[str, str]] = []
        self.joined = ""
        self.heredocs: list[tuple[str, int]] = []
        self.loops: list[_Loop] = []
        self.whole = True

    def read(self) -> bool:
        """Read to the end; False if there are too many commands."""
        text, length = self.text, len(self.text)
        while self.at < length:
            if len(self.commands) > MOST_COMMANDS:
                return False
            blank = _BLANK.match(text, self.at)
            if blank:
                self.at = blank.end()
            elif text[self.at] == "#" and not self.windows:
                end = text.find("\n", self.at)
                self.at = end if end >= 0 else length
            elif not self._redirected() and not self._operator():
                self._word()
            if self.at >= length:
                self._end("")
        return self.whole

    def _redirected(self) -> bool:
        """Read a redirection, or a process substitution."""
        found = _REDIRECTION.match(self.text, self.at)
        if found is None:
            return False
        operator = found[0].lstrip("0123456789")
        if operator in ("<", ">") and self.text.startswith("(", found.end()) and not self.windows:
            self.at = found.end()
            inner = self._enclosed()
            self.substitutions.append(inner)
            self.words.append(Word(f"{operator}({inner})"))
            return True
        heredoc = _HEREDOC.match(self.text, found.start() + len(found[0]) - len(operator))
        if operator in ("<<", "<<-") and heredoc:
            self.at = heredoc.end()
            self.heredocs.append((heredoc[2], len(self.redirections)))
            self.redirections.append(Redirection("<<", ""))
            return True
        self.at = found.end()
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        before = len(self.words)
        if self.at < len(self.text) and not _OPERATOR.match(self.text, self.at):
            self._word()
        target = " ".join(word.text for word in self.words[before:])
        del self.words[before:]
        self.redirections.append(Redirection(operator, target))
        return True

    def _operator(self) -> bool:
        found = _OPERATOR.match(self.text, self.at)
        if found is None or (self.windows and found[0] == ";"):
            return False
        self.at = found.end()
        if found[0] == "\n" and self.heredocs:
            self._read_heredocs()
        self._end(found[0])
        return True

    def _read_heredocs(self) -> None:
        """Take the lines up to the delimiters of the here-documents that the last line began."""
        for delimiter, place in self.heredocs:
            lines = []
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = end if end >= 0 else len(self.text)
                line = self.text[self.at : end]
                self.at = min(end + 1, len(self.text))
                if line.strip() == delimiter:
                    break
                lines.append(line)
            self.redirections[place] = Redirection("<<", "\n".join(lines))
        self.heredocs = []

    def _end(self, operator: str) -> None:
        """The command is complete: note it, and what it sets for those that follow."""
        words = self.words
        is_done = bool(words) and words[0].text == "done"
        while words and words[0].text in _RESERVED:
            words.pop(0)
        if words or self.assignments or self.redirections:
            before = (tuple(words), tuple(self.assignments), tuple(self.redirections))
            command = Simple(*before, self.joined, self.parentheses, self.begun, self.at - len(operator))
            self.commands.append(command)
            self.joined = ""
            self._set(command)
        if operator and operator not in _WEAK.get(self.joined, ""):
            self.joined = operator
        self.words, self.assignments, self.redirections, self.heredocs = [], [], [], []
        self.parentheses += (operator == "(") - (operator == ")")
        if is_done and self.loops:
            self._again()
        self.begun = self.at

    def _again(self) -> None:
        """Read the body of the innermost loop for its next word; a loop without one is over."""
        loop = self.loops[-1]
        self.room -= self.at - loop.start if loop.words else 0
        self.whole = self.whole and self.room > 0
        if not loop.words or self.room <= 0:
            self.loops.pop()
            return
        self.variables[loop.name] = loop.words.pop(0)
        self.at = loop.start

    def _set(self, command: Simple) -> None:
        texts = command.texts
        if texts and texts[0].lower() in ("export", "declare", "local", "readonly", "set", "@set"):
            joined = " ".join(texts[1:]) if self.windows else ""
            pairs = [found for text in ([joined] if joined else texts[1:]) if (found := _ASSIGNMENT.match(text))]
            self.variables.update({found[1]: found[2] for found in pairs})
        elif texts[:1] == ["for"] and texts[2:3] == ["in"] and texts[3:] and not self.windows:
            self.whole = self.whole and len(texts) - 3 <= _MOST_ROUNDS
            self.loops.append(_Loop(texts[1], texts[4 : 3 + _MOST_ROUNDS], self.at))
            self.variables[texts[1]] = texts[3]
        elif not texts:
            self.variables.update(command.assignments)

    def _word(self) -> None:
        """Read one word, which a variable for blanks or braces may make several."""
        start = self.at
        pieces: list[str] = []
        known = 0
        while self.at < len(self.text):
            before = self.at
            found = self.plain.match(self.text, self.at)
            if found:
                pieces.append(found[0])
                self.at = found.end()
                continue
            if not self._inside(pieces, start):
                break
            known += self.text[before] in "$%!" and not pieces[-1].startswith(("$", "%", "!"))
        if self.at == start:  # nothing that begins a word: it stands for itself
            pieces.append(self.text[start])
            self.at += 1
        self._keep("".join(pieces), self.text[start : self.at], known, len(pieces))

    def _keep(self, text: str, raw: str, known: int, pieces: int) -> None:
        steps, self.steps = self.steps, []
        if len(raw) <= _LONGEST_NAME and _BROKEN_UP.search(raw) and not _NO_NAME.search(raw):
            steps.append("quotes")
        if "\0" not in text and known and (known > 1 or (pieces > 1 and not {"/", "\\", "."} & set(text))):
            steps.append("concat")
        assignment = None if self.words or self.windows else _ASSIGNMENT.match(text)
        if assignment and raw[:1] not in "\"'$":
            self.assignments.append((assignment[1], assignment[2]))
            return
        braces = None if self.windows else _BRACES.match(raw)
        if braces:
            parts, steps = braces[1].split(","), [*steps, "braces"]
        elif "\0" in text:
            parts, steps = [part for part in text.split("\0") if part], [*steps, "blanks"]
        else:
            parts = [text]
        hidden = tuple(dict.fromkeys(step for step in steps if not self.words or step in _ANYWHERE))
        self.words += [Word(part, hidden) for part in parts]

    def _inside(self, pieces: list[str], start: int) -> bool:
        """Read what has a meaning within a word; False where the word ends."""
        char = self.text[self.at]
        if char == '"':
            self._double(pieces)
        elif self.windows:
            return self._of_windows(char, pieces)
        elif char == "'":
            end = self.text.find("'", self.at + 1)
            end = end if end >= 0 else len(self.text)
            pieces.append(self.text[self.at + 1 : end])
            self.at = end + 1
        elif char == "\\":
            pieces.append(self.text[self.at + 1 : self.at + 2].replace("\n", ""))
            self.at += 2
        elif char in "$`":
            pieces.append(self._dollar())
        elif char in "{}" or (char == "#" and self.at > start):
            pieces.append(char)
            self.at += 1
        else:
            return False
        self.at = min(self.at, len(self.text))
        return True

    def _of_windows(self, char: str, pieces: list[str]) -> bool:
        if char == "^":
            pieces.append(self.text[self.at + 1 : self.at + 2].strip("\r\n"))
            self.at = min(self.at + 2, len(self.text))
        elif char in "%!":
            found = _PERCENT.match(self.text, self.at)
            pieces.append(self._value(found[1] or found[2] or "", found[0]) if found else char)
            self.at = found.end() if found else self.at + 1
        elif char in ",=;#":
            pieces.append(char)
            self.at += 1
        else:
            return False
        return True

    def _double(self, pieces: list[str]) -> None:
        """Read what stands in double quotes."""
        self.at += 1
        text = self.text
        while self.at < len(text) and text[self.at] != '"':
            char = text[self.at]
            if char == "\\" and text[self.at + 1 : self.at + 2] in ('"', "\\", *([] if self.windows else "$`\n")):
                pieces.append(text[self.at + 1].replace("\n", ""))
                self.at += 2
            elif char in "$`" and not self.windows:
                pieces.append(self._dollar().replace("\0", " "))
            elif char == "%" and self.windows:
                self._of_windows(char, pieces)
            else:
                end = self.at + 1
                while end < len(text) and text[end] not in '"\\$`%':
                    end += 1
                pieces.append(text[self.at : end])
                self.at = end
        self.at = min(self.at + 1, len(text))

    def _dollar(self) -> str:
        """Read a variable or a substitution: its value where that is known, else as written."""
        text, start = self.text, self.at
        if text[start] == "`":
            end = text.find("`", start + 1)
            end = end if end >= 0 else len(text)
            self.at = min(end + 1, len(text))
            return self._substituted(text[start + 1 : end], text[start : self.at])
        if text.startswith("$((", start):
            self.at += 1
            return f"$({self._enclosed()})"
        if text.startswith("$(", start):
            self.at += 1
            inner = self._enclosed()
            return self._substituted(inner, f"$({inner})")
        if text.startswith("$'", start):
            return self._escaped()
        found = _VARIABLE.match(text, start)
        if found is None:
            self.at += 1
            return "$"
        self.at = found.end()
        name = found[1] or found[2] or found[3] or found[5] or ""
        if name == "IFS" or found[0] in ("$@", "$*"):  # nothing is given to a script of npm
            return "\0" if name else ""
        if found[5] and name in self.variables:
            begin = int(found[6])
            self.steps.append("slice")
            return self.variables[name][begin : begin + int(found[7]) if found[7] else None]
        return self._value(name, found[4] if found[3] else found[0])

    def _value(self, name: str, otherwise: str) -> str:
        value = self.variables.get(name, otherwise)
        self.room -= len(value)
        return value if self.room > 0 else otherwise

    def _substituted(self, inner: str, written: str) -> str:
        self.substitutions.append(inner)
        if self.depth >= _DEEPEST:
            return written
        commands = _parse(inner, "sh", self.variables, self.depth + 1).commands
        if not commands or any(command.joined != "|" for command in commands[1:]):
            return written
        said = printed([command.texts for command in commands], commands[0].given)
        if said is None or len(said.text) > self.room:
            return written
        self.room -= len(said.text)
        self.steps += said.steps
        return said.text.rstrip("\n")

    def _escaped(self) -> str:
        """Read ``$'…'``."""
        end = self.at + 2
        while end < len(self.text) and self.text[end] != "'":
            end += 2 if self.text[end] == "\\" else 1
        inner = self.text[self.at + 2 : end]
        self.at = min(end + 1, len(self.text))
        return unescaped(inner)

    def _enclosed(self) -> str:
        """Read to the parenthesis that closes the one here; return what stands between."""
        text, start, depth = self.text, self.at + 1, 0
        quote = ""
        at = self.at
        while at < len(text):
            char = text[at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "()":
                depth += 1 if char == "(" else -1
                if not depth:
                    break
            at += 2 if char == "\\" and quote != "'" else 1
        self.at = min(at + 1, len(text))
        return text[start:at]
