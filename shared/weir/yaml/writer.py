"""Where YAML is written to: lines, and what go-yaml's emitter knows of the last one."""


class Writer:
    """Text with column and indentation."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.column = 0
        self.indent = -1
        self.whitespace = self.indention = True
        """Whether the last thing was blank, and whether the line holds nothing but indentation and indicators."""
        self.foot_indent = -1
        """Where a comment below something ended; what follows at that indentation stands apart."""

    def put(self, text: str) -> None:
        """Write a text without line breaks."""
        self.out.append(text)
        self.column += len(text)

    def break_(self) -> None:
        """End the line."""
        self.out.append("\n")
        self.column = 0
        self.indention = True

    def to_indent(self) -> None:
        """Begin a line at the indentation, unless this is its beginning."""
        indent = max(self.indent, 0)
        if not self.indention or self.column > indent or (self.column == indent and not self.whitespace):
            self.break_()
        if self.foot_indent == indent:
            self.break_()
        if self.column < indent:
            self.put(" " * (indent - self.column))
        self.whitespace = True
        self.foot_indent = -1

    def mark(self, text: str, *, apart: bool = False, whitespace: bool = False, indention: bool = False) -> None:
        """An indicator; `apart`: after a blank."""
        if apart and not self.whitespace:
            self.put(" ")
        self.put(text)
        self.whitespace = whitespace
        self.indention = self.indention and indention

    def comment(self, text: str) -> None:
        """Write the lines of a comment from here on."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.break_()
                if line:
                    self.to_indent()
            if line:
                self.put(line if line.startswith("#") else f"# {line}")
                self.indention = False
        if not text.endswith("\n"):
            self.break_()
        self.whitespace = True
