"""One tree of errors. Each is raised only where bytes come in, and ends there as a Gap or as one line on stderr."""


class AssayError(Exception):
    """Base of every error that assay raises on purpose.

    ``exit_code`` is the process exit code if nothing closer to the cause handles it.
    """

    exit_code = 2


class UsageError(AssayError):
    """Wrong usage or configuration: an option, a target or a policy file that cannot be used."""


class GuardError(AssayError):
    """An invariant of the report or its determinism does not hold; no result may leave."""

    exit_code = 4


class CorpusError(AssayError):
    """No usable corpus. ``code`` is one of the ``E_*`` codes of the pack format; ``detail`` says what was met.

    ``advice`` says what to do about it, where the code alone does not.
    """

    exit_code = 5

    def __init__(self, code: str, detail: str, advice: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.advice = advice


class ParseError(AssayError):
    """Input that cannot be read as its format. ``reason`` is the code of the Gap that it becomes.

    Raised inside ``scanner.inputs`` only; every ``parse`` function turns it into a Gap.
    """

    exit_code = 3

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
