"""Freeze the handwritten digits of chapters 04 and 05 into data/handwriting/digits.json.

    python -m tools.data.handwriting        needs scikit-learn, which requirements-test.txt brings

Each image of 8 rows and 8 columns becomes a line: its digit, a space, and 64 letters for the pixels 0 to 16, row by
row. Of each digit 36 images, drawn once, are held out. Also a fixed order of the 64 pixels, drawn once.
"""

import json
import random
from importlib.metadata import files

from sklearn.datasets import load_digits

from seqmodels.datasets import DATA
from seqmodels.datasets.digits import SHADES
from tools.frozen import enter

HELD_OUT = 36  # images of each digit
SEED = 64


def main():
    digits = load_digits()
    draw = random.Random(SEED)
    order = draw.sample(range(64), 64)
    of_digit = [[place for place, digit in enumerate(digits.target) if digit == d] for d in range(10)]
    held_out = {place for places in of_digit for place in draw.sample(places, HELD_OUT)}
    lines = [
        f"{digit} {''.join(SHADES[int(shade)] for shade in pixels)}"
        for digit, pixels in zip(digits.target, digits.data, strict=True)
    ]
    content = {
        "made by": "tools/data/handwriting.py",
        "source": "scikit-learn 1.9.1, load_digits: the test set of Alpaydin and Kaynak's Optical Recognition of "
        "Handwritten Digits (UCI Machine Learning Repository, 1998)",
        "order": order,
        "train": [line for place, line in enumerate(lines) if place not in held_out],
        "held_out": [lines[place] for place in sorted(held_out)],
    }
    path = DATA / "handwriting" / "digits.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((json.dumps(content).replace('", "', '",\n"') + "\n").encode())
    licence = next(file for file in files("scikit-learn") if file.name == "COPYING")
    own = licence.locate().read_text(encoding="utf-8").partition("\n----")[0]  # what follows is about bundled libraries
    (path.parent / "LICENSE").write_bytes((own.rstrip() + "\n").encode())
    for file in (path, path.parent / "LICENSE"):
        enter(file)
    print(len(lines), path.stat().st_size)


if __name__ == "__main__":
    main()
