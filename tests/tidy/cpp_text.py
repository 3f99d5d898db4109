"""C++ read as text: enough for the checks, far from a parser."""

import re

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

_NOT_CODE = re.compile(
    r"""//[^\n]*                                            # a comment to the end of the line
      | /\*.*?\*/                                           # a comment that ends itself
      | R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"        # a raw string
      | "(?:\\.|[^"\\\n])*"                                 # a string
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'                 # a character, and no digit separator
    """,
    re.VERBOSE | re.DOTALL,
)


def includes(text):
    """Triples of line number, whether it is in quotes, and the path."""
    for match in _INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)


def code_only(text):
    """The text with comments and literals blanked out; every line stays where it is."""
    return _NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")


def functions(text):
    """Triples of the line of a function's opening brace, its closing brace, and the text before it.

    A brace opens a function where it stands in a namespace or class and follows a parameter list; everything inside
    it (blocks, lambdas) is part of it.
    """
    code = _PREPROCESSOR.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), code_only(text))
    open_braces = []  # of each: is it a function's, its line, the text before it
    line, head = 1, ""
    for character in code:
        if character == "\n":
            line += 1
        if character == "{":
            inside_scopes = not any(is_function for is_function, _, _ in open_braces)
            last = head.rsplit(";", 1)[-1].strip()
            is_function = inside_scopes and ")" in last and not _is_scope(last)
            open_braces.append((is_function, line, last))
            head = ""
        elif character == "}":
            if open_braces:
                is_function, begun, name = open_braces.pop()
                if is_function:
                    yield begun, line, " ".join(name.split())
            head = ""
        else:
            head += character


def _is_scope(head):
    """A class with a macro or an alignas before its name has a `)` too; a function that returns one has no keyword
    after its parameters."""
    return bool(_SCOPE.search(re.sub(r"\([^()]*\)|<[^<>]*>", " ", head))) and not head.rstrip().endswith(")")
