"""The ledger as a table: HTML that survives every notebook view, Markdown, and plain text."""

from html import escape

COLUMNS = {
    "model": "left",
    "bits per character": "right",
    "keeps at step t": "right",
    "recall filled": "right",
    "parameters": "right",
    "characters read": "right",
    "seconds": "right",
    "lesson": "left",
}  # what matters most first: on a narrow page the rest must be scrolled to
NONE = "–"


def as_html(rows, word=""):
    """A plain table. GitHub drops styles and keeps `align`; JupyterLab aligns right unless a style says otherwise.

    Where the page is too narrow for it, it scrolls in a box of its own.
    """
    rows = _people_last(rows)
    head = "".join(f"<th {_align(side)}>{name}</th>" for name, side in COLUMNS.items())
    body = "".join(f"<tr>{''.join(_html_cells(row, rows))}</tr>\n" for row in rows)
    notes = "".join(f"<p>{escape(note)}</p>" for note in _notes(rows, word))
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
    return f'<div style="overflow-x: auto">\n{table}\n</div>\n{notes}'


def as_markdown(rows, word=""):
    rows = _people_last(rows)
    marks = {"left": ":--", "right": "--:"}
    lines = [list(COLUMNS), [marks[side] for side in COLUMNS.values()]]
    lines += [[f"**{cell}**" if strong else cell for cell, strong in _cells(row, rows)] for row in rows]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), *(f"\n{note}" for note in _notes(rows, word))])


def as_text(rows, word=""):
    rows = _people_last(rows)
    lines = [list(COLUMNS), *([cell for cell, _ in _cells(row, rows)] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    sides = COLUMNS.values()

    def line(cells):
        pairs = zip(cells, widths, sides, strict=True)
        return "  ".join(cell.ljust(width) if side == "left" else cell.rjust(width) for cell, width, side in pairs)

    return "\n".join([*(line(cells).rstrip() for cells in lines), *_notes(rows, word)])


def _people_last(rows):
    """A person's bounds are no true bits: such rows stand below the models, outside their order."""
    return sorted(rows, key=lambda row: "guessed" in row)


def _html_cells(row, rows):
    for (cell, strong), side in zip(_cells(row, rows), COLUMNS.values(), strict=True):
        text = f"<strong>{escape(cell)}</strong>" if strong else escape(cell)
        yield f"<td {_align(side)}>{text.replace(' ', '&nbsp;') if side == 'right' else text}</td>"


def _align(side):
    return f'align="{side}" style="text-align: {side}"'


def _cells(row, rows):
    """(text, whether it is stressed) of every column."""
    best = _is_best(row, rows)
    yield row["name"] + (" (yours)" if row["yours"] else ""), row["yours"]
    yield _bits(row) + (" best" if best else ""), best
    yield row["stored"] if isinstance(row.get("stored"), str) else _whole(row.get("stored")), False
    yield (f"{row['recall']:.0%} of {row['recall_places']}" if "recall" in row else NONE), False
    yield _whole(row.get("parameters")), False
    yield (f"{row['guessed']} guessed" if "guessed" in row else _whole(row.get("characters"))), False
    yield _seconds(row.get("seconds")), False
    yield row["lesson"], False


def _is_best(row, rows):
    """Best of the models: a person's bits are bounds from a few characters, and win nothing."""
    return "bits" in row and row["bits"] == min(other["bits"] for other in rows if "bits" in other)


def _bits(row):
    if "guessed" in row:
        around = _around(row)
        chance = f" (chance: {around[0]:.2f} to {around[1]:.2f})" if around else ""
        return f"{row['lower']:.2f} to {row['upper']:.2f}{chance}"
    spread = f" ({row['spread'][0]:.3f} to {row['spread'][1]:.3f})" if "spread" in row else ""
    return f"{row['bits']:.3f}{spread}"


def _whole(number):
    return NONE if number is None else f"{number:,}"


def _seconds(seconds):
    if seconds is None:
        return NONE
    return "under 0.1" if seconds < 0.1 else f"{seconds:.1f}" if seconds < 10 else f"{seconds:,.0f}"


def _notes(rows, word):
    """What the reader must know to read the table."""
    if not rows:
        yield "No rows yet."
    if any("spread" in row for row in rows):
        yield "Bits in brackets: lowest and highest over several seeds."
    for row in rows:
        if "guessed" in row:
            yield _person(row)
    if word:
        yield word


def _person(row):
    said = f"{row['name']}: Shannon's bounds, from {row['guessed']} characters, no true bits; so outside the order"
    if around := _around(row):
        low, high = around
        said += f". So few characters leave much to chance: anything from {low:.2f} to {high:.2f} bits fits them"
    return said + "."


def _around(row):
    """From the lower end of the one interval to the upper end of the other, or None."""
    if "lower_interval" in row and "upper_interval" in row:
        return row["lower_interval"][0], row["upper_interval"][1]
    return None
