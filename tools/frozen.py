"""Write a frozen file under data/ and enter its sha256 where every load is checked against it."""

import hashlib
import json

from seqmodels.datasets import DATA


def rounded(result, digits=4):
    """Plain numbers, lists and mappings with every fraction cut to so many digits."""
    return json.loads(json.dumps(result), parse_float=lambda text: round(float(text), digits))


def freeze(name, result, data=DATA):
    """Write `result` as JSON to data/<name>, and its line into data/checksums.txt."""
    path = data / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((json.dumps(result, indent=1) + "\n").encode())
    enter(path, data)


def enter(path, data=DATA):
    """Enter the sha256 of a file under data/ into data/checksums.txt, which stays sorted by name."""
    name, listed = path.relative_to(data).as_posix(), data / "checksums.txt"
    old = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    lines = {line[66:]: line for line in old}
    lines[name] = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}"
    listed.write_bytes(("\n".join(lines[key] for key in sorted(lines)) + "\n").encode())
