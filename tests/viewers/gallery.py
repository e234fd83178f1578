"""The gallery notebook: every viewer of the course once, with cells that read what the viewer knows."""

import nbformat

CELLS = {
    "setup": "import numpy as np\nfrom classroom import ChainViewer, Quiz",
    "weather": """weather = ChainViewer([[.8, .15, .05], [.3, .4, .3], [.2, .3, .5]], ["sunny", "cloudy", "rainy"],
                      title="The weather in Saltmere", n=3)
weather""",
    "traits": "print(weather.transition.round(3).tolist(), weather.start, len(weather.path), weather.n, weather.log)",
    "visited": "print(weather.path[0], set(weather.path) <= {0, 1, 2}, len(weather.path) > 3)",
    "set": 'weather.transition = np.eye(3)[[1, 2, 0]]; weather.start = 2; weather.path = [2, 0, 1]; print("set")',
    "letters": """rng = np.random.default_rng(0)
letters = ChainViewer(rng.dirichlet(np.full(27, .3), 27), list("abcdefghijklmnopqrstuvwxyz "), title="Letters")
letters""",
    "onegin": """ChainViewer([[.128, .872], [.663, .337]], ["vowel", "consonant"],
            title="Vowels and consonants in Onegin")""",
    "traps": """ChainViewer([[.5, .3, .2, 0, 0], [0, .7, .3, 0, 0], [0, .4, .6, 0, 0],
             [.1, 0, 0, .6, .3], [0, 0, 0, 0, 1]], list("ABCDE"), title="Traps")""",
    "quiz": """quiz = Quiz([
    {"ask": "What does `P[i, j]` hold?", "options": [
        ("the chance of `j`, given that the chain is in `i`", True,
         "The row says where the chain is, the column where it goes."),
        ("the chance of `i`, given that the chain is in `j`", False,
         "That is the transpose: rows say where the chain is now."),
        ("how often `i` and `j` were seen together", False,
         "Counts become probabilities only after each row is divided by its sum.")]},
    {"ask": "A chain has period 2. What settles?", "options": [
        ("the distribution after n steps", False, "It keeps swinging between even and odd steps."),
        ("the share of visits to each state", True, "Averages over time settle although the distribution does not.")]},
])
quiz""",
    "answers": "print(quiz.answers, quiz.score)",
}


def gallery():
    """The notebook node."""
    cells = [nbformat.v4.new_markdown_cell("# Gallery\n\n$$ \\pi P = \\pi \\tag{1} $$", id="title")]
    cells += [nbformat.v4.new_code_cell(source, id=name) for name, source in CELLS.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)
