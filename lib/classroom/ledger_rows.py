"""What one row of the ledger is: a model, what it cost, what it keeps and how well it predicts the held-out tales."""

import math
import re
from numbers import Integral, Real

LESSON = re.compile(r"\d\d_\d+")
SHORT = 40  # characters of a name or of what a model keeps


def model_row(
    name, *, lesson, bits, parameters=None, characters=None, seconds=None, stored=None,
    recall=None, recall_places=None, bits_by_position=None, curve=None, spread=None,
):  # fmt: skip
    """One model as a plain dict, without what nobody gave. Raises ValueError that names what is wrong.

    bits: per character, on the held-out tales. parameters: numbers learned or counted. characters: read in training.
    stored: numbers kept at step t, an integer or a few words ("grows with t"). recall: share of the `recall_places`
    that it fills, 0 to 1. bits_by_position: {"edges": (n + 1) places, "bits": (n)}, the bits of a character that
    stands between two edges. curve: [[characters, bits], ...], the same model trained on less.
    spread: [lowest, highest] bits over several seeds. Held by tests/unit/test_ledger.py.
    """
    if bits == math.inf:
        raise ValueError("bits is infinite: the model gave probability 0 to what came; smooth it, then enter it")
    row = {
        "name": _words("name", name),
        "lesson": lesson_id(lesson),
        "bits": _number("bits", bits),
        "parameters": _maybe(_count, "parameters", parameters),
        "characters": _maybe(_count, "characters", characters),
        "seconds": _maybe(_number, "seconds", seconds),
        "stored": _maybe(_stored, "stored", stored),
        "recall": _maybe(_share, "recall", recall),
        "recall_places": _maybe(_count, "recall_places", recall_places),
        "bits_by_position": _maybe(_positions, "bits_by_position", bits_by_position),
        "curve": _maybe(_curve, "curve", curve),
        "spread": _maybe(_interval, "spread", spread),
    }
    if (recall is None) != (recall_places is None):
        raise ValueError("recall and recall_places belong together: give the share filled and the number of places")
    return _given(row)


def human_row(result, name="you, guessing", lesson="00_1"):
    """The row of a reader who has played the guessing game, from its result(). Raises ValueError in words."""
    needed = {"characters", "lower", "upper"}  # after a few characters there is no interval yet
    if not isinstance(result, dict) or not needed <= set(result):
        raise ValueError(f"result should be what GuessingGame.result() gives, with {sorted(needed)}; got {result!r}")
    row = {
        "name": _words("name", name),
        "lesson": lesson_id(lesson),
        "guessed": _count("characters", result["characters"]),
        "lower": _number("lower", result["lower"]),
        "upper": _number("upper", result["upper"]),
        "lower_interval": _maybe(_interval, "lower_interval", result.get("lower_interval")),
        "upper_interval": _maybe(_interval, "upper_interval", result.get("upper_interval")),
    }
    if row["lower"] > row["upper"] + 1e-9:
        raise ValueError(f"lower is {row['lower']:.3f} and upper {row['upper']:.3f}; expected lower <= upper")
    return _given(row)


def stored_row(row):
    """A row as it stands in a file, checked again; ValueError where it is none."""
    if not isinstance(row, dict):
        raise ValueError(f"a row is a mapping, got {row!r}")
    try:
        if "bits" in row:
            return model_row(**row)
        return human_row(row | {"characters": row.get("guessed")}, row.get("name"), row.get("lesson"))
    except TypeError as error:  # a name that no row has, or one that every row needs
        raise ValueError(f"not a row of the ledger: {error}") from None


def lesson_id(lesson):
    """The lesson if it reads like 01_3, else ValueError."""
    if not isinstance(lesson, str) or not LESSON.fullmatch(lesson):
        raise ValueError(f"lesson is {lesson!r}; expected the number of a lesson, like '01_3'")
    return lesson


def order(row):
    """Rows stand in the order of what they prove: a model's bits, a person's upper bound."""
    return row.get("bits", row.get("upper")), row["name"]


def _given(row):
    return {key: value for key, value in row.items() if value is not None}


def _maybe(check, name, value):
    return None if value is None else check(name, value)


def _words(name, value):
    if not isinstance(value, str) or not value.strip() or len(value) > SHORT or "\n" in value:
        raise ValueError(f"{name} is {value!r}; expected one line of 1 to {SHORT} characters")
    return value.strip()


def _number(name, value):
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()  # a NumPy or PyTorch number
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} is {value!r}; expected a number, zero or more")
    return float(value)


def _count(name, value):
    number = _number(name, value)
    if number != int(number):
        raise ValueError(f"{name} is {value!r}; expected a whole number")
    return int(number)


def _share(name, value):
    number = _number(name, value)
    if number > 1:
        raise ValueError(f"{name} is {value!r}; expected a share between 0 and 1")
    return number


def _stored(name, value):
    return _count(name, value) if isinstance(value, Integral) else _words(name, value)


def _list(name, value, what):
    try:
        return list(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}; expected {what}") from None


def _interval(name, value):
    pair = [_number(name, x) for x in _list(name, value, "a pair [low, high]")]
    if len(pair) != 2 or pair[0] > pair[1]:
        raise ValueError(f"{name} is {value!r}; expected a pair [low, high]")
    return pair


def _curve(name, value):
    pairs = [_list(name, pair, "pairs [characters, bits]") for pair in _list(name, value, "pairs [characters, bits]")]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{name} is {value!r}; expected pairs [characters, bits]")
    points = sorted([_count(f"{name}, characters", x), _number(f"{name}, bits", y)] for x, y in pairs)
    if points[0][0] == 0:
        raise ValueError(f"{name} begins at 0 characters; expected 1 or more: the axis is logarithmic")
    return points


def _positions(name, value):
    if not isinstance(value, dict) or set(value) != {"edges", "bits"}:
        raise ValueError(f"{name} is {value!r}; expected a mapping with 'edges' and 'bits'")
    edges = [_count(f"{name}['edges']", x) for x in _list(name, value["edges"], "a list of edges")]
    bits = [_number(f"{name}['bits']", x) for x in _list(name, value["bits"], "a list of bits")]
    if not bits or len(edges) != len(bits) + 1 or any(a >= b for a, b in zip(edges, edges[1:], strict=False)):
        raise ValueError(
            f"{name} has {len(edges)} edges and {len(bits)} bits; expected rising edges, one more than bits"
        )
    return {"edges": edges, "bits": bits}
