"""SelfCheck: a few questions that say where to begin, and fail nobody."""

import re

import traitlets

from .quiz import Quiz, _as_markdown

UNKNOWN = "I do not know"
_LINK = re.compile(r"\[[^\]]+\]\(([^()\s]+)\)")
_SAFE = re.compile(r"https?://|[\w#./-]+$")
_ROUTE = {"name": str, "enough": int, "if_short": str, "if_enough": str}


def _subjects(questions, routes):
    """The subject of each question, or a ValueError: every question needs a route, every route a question."""
    if not isinstance(questions, list | tuple) or not questions:
        raise ValueError(f"questions must be a non-empty list of dicts, got {questions!r}")
    for number, question in enumerate(questions, start=1):
        about = question.get("about") if isinstance(question, dict) else None
        if about not in routes:
            raise ValueError(f"question {number}: 'about' is {about!r}, expected one of the routes {list(routes)}")
    return [question["about"] for question in questions]


def _checked_routes(routes, subjects):
    for subject, route in routes.items():
        where = f"route {subject!r}"
        if not isinstance(route, dict) or set(route) != set(_ROUTE):
            raise ValueError(f"{where} must be a dict with exactly {list(_ROUTE)}, got {route!r}")
        for name, kind in _ROUTE.items():
            if not isinstance(route[name], kind) or not route[name]:
                raise ValueError(f"{where}: {name!r} must be a {kind.__name__} that is not empty, got {route[name]!r}")
        asked = subjects.count(subject)
        if not 1 <= route["enough"] <= asked:
            raise ValueError(
                f"{where}: 'enough' is {route['enough']}, but {asked} question(s) are about it; give 1 to {asked}, "
                "or leave out a route that nothing asks about"
            )
        for address in _LINK.findall(route["if_short"] + route["if_enough"]):
            if not _SAFE.match(address):
                raise ValueError(f"{where}: {address!r} must be a page (https://...) or a file of the course")
    return routes


def _checked_begin(begin, routes):
    begin = list(begin)
    if begin and (len(begin) != 3 or begin[0] not in routes):
        raise ValueError(f"begin must be (one of {list(routes)}, a sentence if it is short, another), got {begin!r}")
    return begin


class SelfCheck(Quiz):
    """Where should I begin? Questions by subject, and for each subject what to read or that it is enough.

    Nobody fails: "I do not know" is always among the options, is never called wrong and tells the answer; what counts
    is only what the reader knew at the first try. The advice appears when all is answered, or when it is asked for.

    questions: as for `Quiz`, each with ``"about"``, the key of its route; do not add "I do not know" yourself.
    routes: ``{"probability": {"name": "Probability", "enough": 2, "if_short": "Read [this](page.ipynb).",
    "if_enough": "Nothing to do."}}``; a text may hold ``[text](address)``.
    begin: (the subject that decides where to begin, the sentence if it is short, the sentence if it is not).
    ``check.answers`` holds the options tried, ``check.known`` the count of each subject, ``check.advice()`` the words.
    Raises ValueError that names the question or the route. Held by tests/viewers/test_generation.py.
    """

    _javascript = "self_check"

    routes = traitlets.Dict().tag(sync=True)
    begin = traitlets.List(traitlets.Unicode()).tag(sync=True)
    routed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, questions, routes, begin=(), title="Where should I begin?", **traits):
        if not isinstance(routes, dict) or not routes:
            raise ValueError(f"routes must be a dict with one entry for each subject, got {routes!r}")
        subjects = _subjects(questions, routes)
        plain = [{key: value for key, value in question.items() if key != "about"} for question in questions]
        traits |= {"routes": _checked_routes(routes, subjects), "begin": _checked_begin(begin, routes)}
        super().__init__(plain, title=title, **traits)
        self.questions = [
            {**question, "about": about, "options": [*question["options"], _unknown(question)]}
            for question, about in zip(self.questions, subjects, strict=True)
        ]

    @property
    def known(self):
        """For each subject, how many questions were answered right at the first try."""
        counts = dict.fromkeys(self.routes, 0)
        for question, tries in zip(self.questions, self.answers, strict=True):
            counts[question["about"]] += bool(tries) and question["options"][tries[0]]["right"]
        return counts

    def advice(self):
        """One sentence for each subject, and a last one: where to begin."""
        asked = [question["about"] for question in self.questions]
        told, short = [], []
        for subject, known in self.known.items():
            route = self.routes[subject]
            enough = known >= route["enough"]
            text = route["if_enough"] if enough else route["if_short"]
            told.append(f"{route['name']}, {known} of {asked.count(subject)}: {text}")
            short += [] if enough else [subject]
        return [*told, self._where_to_begin(short)]

    def _where_to_begin(self, short):
        about, if_short, if_enough = self.begin or (None, None, "Begin with the first lesson.")
        line = if_short if about in short else if_enough
        names = [self.routes[subject]["name"] for subject in short if subject != about]
        return f"{line} On the way, keep at hand what is said above of: {', '.join(names)}." if names else line

    def describe(self):
        """How many questions on what, and how far the reader is."""
        done = sum(bool(tries) for tries in self.answers)
        names = ", ".join(route["name"] for route in self.routes.values())
        return self.alt or f"{self.title} {len(self.questions)} questions on {names}; {done} answered."

    def markdown(self):
        """Questions and options as Markdown, the answers in a fold, then the routes."""
        plain = [{**q, "options": [o for o in q["options"] if not o.get("unknown")]} for q in self.questions]
        asked = [q["about"] for q in self.questions]
        routes = [
            f"- **{route['name']}** ({_counted(asked.count(subject))}). At least {route['enough']} known: "
            f"{route['if_enough']} Fewer: {route['if_short']}"
            for subject, route in self.routes.items()
        ]
        questions = [_as_markdown(number, question) for number, question in enumerate(plain, start=1)]
        return "\n\n".join([*questions, "**Where to begin**", "\n".join(routes)])


def _unknown(question):
    """The option that is never wrong: it tells the answer."""
    right = next(option for option in question["options"] if option["right"])
    end = "" if right["text"].endswith((".", "!", "?")) else "."
    return {
        "text": UNKNOWN,
        "right": False,
        "unknown": True,
        "reason": f"It is: {right['text']}{end} {right['reason']}",
    }


def _counted(questions):
    return "1 question" if questions == 1 else f"{questions} questions"
