"""Effects that take longer than a lesson allows, measured once over several seeds into data/effects.

Each module here is named after a lesson's subject and run as `python -m tools.effects.<name>`.
"""

import argparse
import json
import time

from seqmodels.datasets import DATA
from tools.frozen import freeze, rounded


def save(name, result, digits=4):
    """Write data/effects/<name>.json, numbers rounded, and enter its sha256 in data/checksums.txt."""
    freeze(f"effects/{name}.json", rounded(result, digits))


def so_far(name):
    """What data/effects/<name>.json holds by now; nothing, if it does not exist."""
    path = DATA / "effects" / f"{name}.json"
    return json.loads(path.read_bytes()) if path.exists() else {}


def measure_parts(name, script, parts, doc):
    """Run the parts named on the command line, or all, and save each as soon as it has something.

    parts: functions that yield what they have found so far, mappings. One part anew leaves the others in
    data/effects/<name>.json as they were.
    """
    parts = {part.__name__: part for part in parts}
    parser = argparse.ArgumentParser(prog=f"python -m tools.effects.{script}", description=doc.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(parts)}")
    about = {"made by": f"tools/effects/{script}.py", "machine": "one thread of 2 CPU cores"}
    for part in parser.parse_args().parts or parts:
        began = time.process_time()
        for found in parts[part]():
            save(name, about | so_far(name) | {part: found | {"cpu seconds": round(time.process_time() - began)}})
