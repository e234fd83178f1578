"""chapters/exceptions.toml: the one place where a lesson may be let off a point of the anatomy, with a reason.

    [[exception]]
    lesson = "02_3"
    point = "ledger"
    reason = "a Hopfield network predicts no text"
"""

import tomllib


def read_exceptions(root):
    """The exceptions of the course at `root` as {(lesson, point): reason}; without the file there are none."""
    path = root / "chapters" / "exceptions.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("exception", []) if path.is_file() else []
    return {(entry["lesson"], entry["point"]): entry.get("reason", "") for entry in entries}


def hold(lesson, rule, exceptions):
    """The complaints of a rule about a lesson, its exceptions applied: an unneeded one is a complaint itself."""
    found = list(rule(lesson))
    if (lesson.name, rule.__name__) not in exceptions:
        return found
    if not found:
        return [f"chapters/exceptions.toml lets {lesson.name} off '{rule.__name__}', but it is fulfilled: remove it"]
    return []


def complaints_about(exceptions, lessons, rules):
    """What is wrong with the list itself: unknown lessons or points, reasons of fewer than five words."""
    names, points = {lesson.name for lesson in lessons}, {rule.__name__ for rule in rules}
    for (lesson, point), reason in exceptions.items():
        if lesson not in names:
            yield f"there is no lesson {lesson}"
        if point not in points:
            yield f"there is no point {point}; there are {sorted(points)}"
        if len(reason.split()) < 5:
            yield f"{lesson}, {point}: the reason has fewer than five words: '{reason}'"
