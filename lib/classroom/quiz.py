"""Quiz: a few questions, each answer with its reason."""

import traitlets

from .viewer import Viewer


def _checked(questions):
    """The questions as plain lists and dicts, or a ValueError that names the question."""
    if not isinstance(questions, list | tuple) or not questions:
        raise ValueError(
            f"questions must be a non-empty list of dicts with 'ask' and 'options', got {questions!r}"
        )
    return [_question(number, question) for number, question in enumerate(questions, start=1)]


def _question(number, question):
    where = f"question {number}"
    if not isinstance(question, dict) or set(question) != {"ask", "options"}:
        raise ValueError(f"{where} must be a dict with exactly 'ask' and 'options', got {question!r}")
    if not isinstance(question["ask"], str) or not question["ask"].strip():
        raise ValueError(f"{where}: 'ask' must be a sentence, got {question['ask']!r}")
    options = [_option(where, option) for option in question["options"]]
    if len(options) < 2:
        raise ValueError(f"{where} has {len(options)} option(s); give at least two")
    if not any(option["right"] for option in options):
        raise ValueError(f"{where} ({question['ask']!r}) has no right option; mark one with True")
    texts = [option["text"] for option in options]
    if len(set(texts)) != len(texts):
        raise ValueError(f"{where}: two options have the same text: {texts}")
    return {"ask": question["ask"], "options": options}


def _option(where, option):
    if not isinstance(option, list | tuple) or len(option) != 3:
        raise ValueError(f"{where}: an option is (text, right, reason), got {option!r}")
    text, right, reason = option
    if not isinstance(right, bool):
        raise ValueError(f"{where}: the second entry of {option!r} says whether it is right: True or False")
    for name, value in (("text", text), ("reason", reason)):
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{where}: every option needs a {name}, got {option!r}")
    return {"text": text, "right": right, "reason": reason}


class Quiz(Viewer):
    """Ask a few questions; say right or wrong with the reason; let the reader try again.

    questions: ``[{"ask": "...", "options": [("text", True, "why it is right"), ("text", False, "why not")]}, ...]``
    with `code` in backticks allowed everywhere. ``quiz.answers`` holds, for every question, the options tried so far in
    order; ``quiz.score`` counts the questions answered right at the first try. Where no JavaScript runs the questions
    appear as text with the answers folded away. Raises ValueError that names the question.
    Held by tests/viewers: every path by mouse and by keyboard.
    """

    _javascript = "quiz"

    questions = traitlets.List(traitlets.Dict()).tag(sync=True)
    answers = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)

    def __init__(self, questions, title="Quiz", **traits):
        questions = _checked(questions)
        super().__init__(questions=questions, title=title, answers=[[] for _ in questions], **traits)

    @property
    def score(self):
        """How many questions were answered right at the first try."""
        tried = zip(self.questions, self.answers, strict=True)
        return sum(bool(tries) and question["options"][tries[0]]["right"] for question, tries in tried)

    def describe(self):
        """How many questions, and how far the reader is."""
        return (
            self.alt or f"{self.title}: {len(self.questions)} questions, {self.score} right at the first try."
        )

    def markdown(self):
        """Questions and options as Markdown, the reasons in a fold."""
        return "\n\n".join(_as_markdown(number, q) for number, q in enumerate(self.questions, start=1))

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = self._bundle(**kwargs)
        data["text/markdown"] = self.markdown()
        return data, metadata


def _as_markdown(number, question):
    letters = [chr(ord("A") + i) for i in range(len(question["options"]))]
    options = [
        f"- **{letter}** {option['text']}"
        for letter, option in zip(letters, question["options"], strict=True)
    ]
    reasons = [
        f"- **{letter}**: {'right' if option['right'] else 'wrong'}. {option['reason']}"
        for letter, option in zip(letters, question["options"], strict=True)
    ]
    return "\n".join(
        [
            f"**{number}. {question['ask']}**",
            "",
            *options,
            "",
            "<details><summary>Answer</summary>",
            "",
            *reasons,
            "",
            "</details>",
        ]
    )
