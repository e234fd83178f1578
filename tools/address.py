"""The public address of the course. This is its only place: every button, link and start cell is made from it."""

from urllib.parse import quote

REPOSITORY = "markov-to-mamba/markov-to-mamba"
TAG = "v0.1"


def clone_url():
    """Where the start cell fetches the course from."""
    return f"https://github.com/{REPOSITORY}"


def colab_url(path):
    """Opens the notebook at `path` (from the repository's root) in Google Colab."""
    return f"https://colab.research.google.com/github/{REPOSITORY}/blob/{TAG}/{quote(path)}"


def binder_url(path):
    """Opens the notebook at `path` (from the repository's root) in JupyterLab on Binder."""
    return f"https://mybinder.org/v2/gh/{REPOSITORY}/{TAG}?urlpath={quote('lab/tree/' + path, safe='')}"
