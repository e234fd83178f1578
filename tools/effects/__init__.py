"""Effects that take longer than a lesson allows, measured once over several seeds into data/effects.

Each module here is named after a lesson's subject and run as `python -m tools.effects.<name>`.
"""

import hashlib
import json

from seqmodels.datasets import DATA


def save(name, result, digits=4):
    """Write data/effects/<name>.json, numbers rounded, and enter its sha256 in data/checksums.txt."""
    path = DATA / "effects" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    rounded = json.loads(json.dumps(result), parse_float=lambda text: round(float(text), digits))
    path.write_bytes((json.dumps(rounded, indent=1) + "\n").encode())
    listed = DATA / "checksums.txt"
    lines = {line[66:]: line for line in listed.read_text(encoding="utf-8").splitlines()}
    lines[f"effects/{name}.json"] = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  effects/{name}.json"
    listed.write_bytes(("\n".join(lines[key] for key in sorted(lines)) + "\n").encode())
