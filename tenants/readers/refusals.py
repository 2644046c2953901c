"""Why a file is not read, as it travels from the child to the caller."""


class Refused(Exception):
    """The file cannot be read; `str(error)` is a sentence for the person who sent it."""

    code = "unreadable_file"


class TooMuch(Refused):
    """The file is larger than what we read, in one way or another."""

    code = "too_large"
