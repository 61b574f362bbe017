"""What goes wrong with YAML."""


class YamlError(ValueError):
    """A text that cannot be read, or a value that cannot be written.

    `name` is the file as the caller called it, `line` and `column` count from 1 (0 when unknown). The message never
    quotes a value.
    """

    def __init__(self, message: str, *, name: str = "", line: int = 0, column: int = 0) -> None:
        self.problem = message
        self.name = name
        self.line = line
        self.column = column
        place = [part for part in (name, f"line {line}" if line else "", f"column {column}" if column else "") if part]
        super().__init__(f"{', '.join(place)}: {message}" if place else message)
