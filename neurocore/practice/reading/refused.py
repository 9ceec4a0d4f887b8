"""An answer that is refused."""


class Refused(Exception):
    """An answer that cannot be judged; carries the code and what its reply has to name."""

    def __init__(self, code, **fields):
        super().__init__(code)
        self.code, self.fields = code, fields
