"""The files of a source tree, as the checks see them."""

import functools
import pathlib

# What is made by building and running, and what is not ours.
SKIPPED = {"build", "data", "node_modules", "__pycache__", ".git", ".cache"}

# The layers that `tests/tidy/checks/arrows.py` knows, lowest first.
LAYERS = ("domain", "storage", "projections", "actors", "transport")


class Tree:
    """A tree on disk. Paths are text, relative to the root, with forward slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cached_property
    def files(self):
        """Every file, sorted. Costs one walk."""
        return sorted(self._walk(self.root))

    def _walk(self, folder):
        for entry in folder.iterdir():
            if entry.is_symlink() or entry.name in SKIPPED:
                continue
            if entry.is_dir():
                yield from self._walk(entry)
            else:
                yield entry.relative_to(self.root).as_posix()

    def ending(self, *suffixes):
        return [path for path in self.files if path.endswith(suffixes)]

    def cpp(self):
        return self.ending(".hpp", ".cpp")

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """The content, line ends as they are; what is not UTF-8 is kept as surrogates, so that nothing throws."""
        return (self.root / path).read_bytes().decode("utf-8", errors="surrogateescape")

    def lines(self, path):
        """Pairs of line number and line, from 1."""
        return enumerate(self.text(path).split("\n"), start=1)

    def exists(self, path):
        return (self.root / path).exists()


def folder_of(path):
    """The top folder, or "" for a file at the top."""
    return path.split("/", 1)[0] if "/" in path else ""
