"""The guessing game where no JavaScript runs: Markdown."""

import html

import numpy as np

from .guessing_game import shannon_bounds

READ = 600  # characters before the hidden ones


def as_markdown(game):
    """Title, the tale with blanks, the reader's score and a table of the rivals on all hidden characters."""
    known, total = game.answer[: len(game.ranks)], len(game.answer)
    blanks = " ".join("_" * (total - len(known)))
    start = "…" if len(game.before) > READ else ""
    tale = html.escape(start + game.before[-READ:], quote=False)
    parts = [
        f"**{html.escape(game.title, quote=False)}** Shannon's guessing game: {total} characters are hidden here. "
        "In the notebook you guess them one by one.",
        f"<blockquote>{tale}<b>{html.escape(known, quote=False)}{blanks}</b></blockquote>".replace("\n", "<br>"),
    ]
    if game.ranks:
        parts.append(game.describe())
    if game.rivals:
        parts.append(_table(game.rivals, total))
    return "\n\n".join(parts)


def _table(rivals, total):
    rows = [
        f"| model, on these {total} characters | at the first guess | Shannon's bounds, bits | true bits |",
        "|---|---|---|---|",
    ]
    for name, rival in rivals.items():
        lower, upper = shannon_bounds(rival["ranks"])
        first = rival["ranks"].count(1)
        rows.append(f"| {name} | {first} | {lower:.2f} to {upper:.2f} | {np.mean(rival['bits']):.2f} |")
    return "\n".join(rows)
