"""Effects that take longer than a lesson allows, measured once over several seeds into data/effects.

Each module here is named after a lesson's subject and run as `python -m tools.effects.<name>`.
"""

from tools.frozen import freeze, rounded


def save(name, result, digits=4):
    """Write data/effects/<name>.json, numbers rounded, and enter its sha256 in data/checksums.txt."""
    freeze(f"effects/{name}.json", rounded(result, digits))
