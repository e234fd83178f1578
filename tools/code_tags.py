"""Freeze the course's own library as text to be tagged, for lesson 03_3, into data/code/library.json.

    python -m tools.code_tags

Every file of lib/seqmodels as it is now, and for each of its characters one letter that says what it belongs to, found
by Python's own `tokenize`. Every sixth file is held out. The lesson reads the frozen file alone, so that its numbers
stay when the library changes.
"""

import io
import keyword
import token
import tokenize

from seqmodels.datasets import CODE_TAGS, DATA
from tools.frozen import freeze

LIBRARY = DATA.parent / "lib" / "seqmodels"
EVERY = 6  # one file of so many is held out
LETTERS = {name: letter for letter, name in CODE_TAGS.items()}
FSTRING_START, FSTRING_END = getattr(token, "FSTRING_START", None), getattr(token, "FSTRING_END", None)
SKIPPED = {"checkpoints.py", "datasets.py", "tagging.py"}  # they change with every lesson, and this one is about them


def tags(source):
    """One letter of CODE_TAGS for each character of a Python source.

    A name is called where the next token is an opening bracket. An f-string is a string, all of it, with what stands
    in its braces (from Python 3.12 on `tokenize` takes it apart; here it is put together again). What belongs to no
    token is space.
    """
    begins, found = _line_starts(source), [LETTERS["space"]] * len(source)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    opens = depth = 0  # where an f-string begins, and how many f-strings inside f-strings we are in
    for this, after in zip(tokens, tokens[1:], strict=False):
        a, b = (begins[row - 1] + column for row, column in (this.start, this.end))
        if this.type == FSTRING_START:
            opens, depth = (opens, depth + 1) if depth else (a, 1)
        elif this.type == FSTRING_END:
            depth -= 1
            name = None if depth else _string(source[opens:b])
            a = opens
        else:
            name = None if depth else _tag(this, after)
        if this.type != FSTRING_START and name is not None:
            found[a:b] = LETTERS[name] * (b - a)
    return "".join(found)


def _tag(this, after):
    """The name of a token's tag, None for a token without characters of its own."""
    if this.type == token.STRING:
        return _string(this.string)
    if this.type == token.NAME:
        if keyword.iskeyword(this.string):
            return "keyword"
        return "call" if after.string == "(" else "name"
    return {token.COMMENT: "comment", token.NUMBER: "number", token.OP: "operator"}.get(this.type)


def _string(literal):
    return "text" if literal.lstrip("rRbBfFuU").startswith(('"""', "'''")) else "string"


def _line_starts(source):
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def files():
    paths = sorted(path for path in LIBRARY.rglob("*.py") if path.name not in SKIPPED)
    for place, path in enumerate(paths):
        source = path.read_text(encoding="utf-8")
        split = "heldout" if place % EVERY == EVERY - 1 else "train"
        name = path.relative_to(LIBRARY).as_posix()
        yield {"name": name, "split": split, "text": source, "tags": tags(source)}


def main():
    freeze("code/library.json", {"made by": "tools/code_tags.py", "files": list(files())})


if __name__ == "__main__":
    main()
