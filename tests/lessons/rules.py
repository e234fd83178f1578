"""The anatomy of a lesson as rules: each a small function from a Lesson to the sentences about what is wrong.

A rule's name is its point in chapters/exceptions.toml. exercise_rules.py holds the solved exercises of a chapter in
the same way, notebook_rules.py what every notebook must fulfil. test_rules.py shows for each rule a lesson that
breaks it.
"""

import ast
import re
from statistics import median

from lessons.lesson import called
from tools.notebook import tags

HEADINGS = ["The question", "Goals", "Where it fails", "Quiz", "Recap", "Sources"]
TIMES = re.compile(r"^\*Read: about (\d+) minutes\. Run: about [^.*]+\. Do: [^*]+\.\*$", re.M)
WORDS_A_MINUTE = 200
EQUATION = re.compile(r"\\tag\{([^}]*)\}")
CITED = re.compile(r"\((\d+\.\d+\.\d+)\)")
KEY = re.compile(r"^[-*] +`([^`]+)`", re.M)
TO_FIND = re.compile(r"\b(find|look for|watch|spot|drag|search for)\b", re.I)


def headings(lesson):
    """The fixed sections are there, in their order."""
    titles = [section.title for section in lesson.sections]
    for title in HEADINGS:
        if titles.count(title) != 1:
            yield f"there must be exactly one '## {title}', there are {titles.count(title)}"
    found = [title for title in titles if title in HEADINGS]
    if not set(HEADINGS) - set(found) and found != HEADINGS:
        yield f"the sections come in the order {found}, they should come as {HEADINGS}"


def title(lesson):
    """The first cell is the title and the line of times, nothing else."""
    first = lesson.cells[0].source
    if not re.match(r"# \S", first) or not TIMES.search(first):
        yield (
            "the title cell must be '# Title' and a line "
            "'*Read: about 14 minutes. Run: about 15 seconds. Do: about an hour with the exercises.*'"
        )


def read_time(lesson):
    """The promised reading time is that of the words, within 35 %."""
    promised = TIMES.search(lesson.cells[0].source)
    minutes = lesson.words / WORDS_A_MINUTE
    if promised and not 0.65 * minutes <= int(promised[1]) <= 1.35 * minutes:
        yield f"{lesson.words} words take about {minutes:.0f} minutes to read, the title says {promised[1]}"


def length(lesson):
    """1,200 to 2,500 words of prose."""
    if not 1200 <= lesson.words <= 2500:
        yield f"{lesson.words} words of prose; a lesson has 1,200 to 2,500"


def code_cells(lesson):
    """At most 30 code cells, median at most 5 lines, none over 25, no line over 100. A quiz is not code."""
    cells = [cell for cell, tree in zip(lesson.code, lesson.trees, strict=True) if not is_quiz(tree)]
    lines = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in cells]
    if len(cells) > 30:
        yield f"{len(cells)} code cells; a lesson has at most 30"
    if lines and median(lines) > 5:
        yield f"the median code cell has {median(lines):g} lines; at most 5"
    for cell, count in zip(cells, lines, strict=True):
        if count > 25:
            yield f"a code cell has {count} lines, at most 25: {cell.source.splitlines()[0]}"
        if wide := [line for line in cell.source.splitlines() if len(line) > 100]:
            yield f"a line of code has {len(wide[0])} characters, at most 100 are seen without scrolling: {wide[0]}"


def is_quiz(tree):
    """Whether a cell is nothing but imports and a Quiz."""
    rest = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    value = getattr(rest[0], "value", None) if len(rest) == 1 else None
    return isinstance(value, ast.Call) and called(value) == "Quiz"


def checks(lesson):
    """At least three `check` cells; each asserts something that depends on a result, with a reason in words."""
    cells = lesson.tagged("check")
    if len(cells) < 3:
        yield f"{len(cells)} check cells; at least 3"
    for cell, tree in zip(lesson.code, lesson.trees, strict=True):
        if "check" not in tags(cell):
            continue
        asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        if not asserts:
            yield f"a check cell asserts nothing: {cell.source.splitlines()[0]}"
        for node in asserts:
            if not any(isinstance(part, ast.Name) for part in ast.walk(node.test)):
                yield f"an assert that cannot fail: {ast.unparse(node)}"
            if node.msg is None:
                yield f"an assert without its reason in words: {ast.unparse(node)}"


def predictions(lesson):
    """At least two cells to predict, each asked for in the Markdown right before it."""
    cells = lesson.tagged("predict")
    if len(cells) < 2:
        yield f"{len(cells)} predict cells; at least 2"
    for cell in cells:
        if "predict" not in lesson.markdown_before(cell).lower():
            yield f"no 'Predict' in the text before the predict cell: {cell.source.splitlines()[0]}"


def viewer(lesson):
    """A viewer, and beside it a sentence on what to find in it."""
    cells = [cell for cell, tree in zip(lesson.code, lesson.trees, strict=True) if shows_viewer(tree)]
    if not cells:
        yield "no viewer is shown"
    for cell in cells:
        if not TO_FIND.search(lesson.markdown_before(cell) + " " + lesson.markdown_after(cell)):
            yield f"no sentence beside the viewer says what to find: {cell.source.splitlines()[0]}"


def shows_viewer(tree):
    return any(isinstance(node, ast.Call) and called(node).endswith("Viewer") for node in ast.walk(tree))


def quiz(lesson):
    """Under 'Quiz' one Quiz of three to five questions; every option says why it is right or wrong."""
    found = lesson.calls("Quiz")
    if len(found) != 1:
        yield f"there must be one Quiz, there are {len(found)}"
        return
    try:
        questions = ast.literal_eval(found[0].args[0])
        asked = [(entry["ask"], entry["options"]) for entry in questions]
        flat = [(ask, *option) for ask, options in asked for option in options]
        for ask, text, right, why in flat:
            if not isinstance(right, bool) or len(why.split()) < 3:
                yield f"quiz: '{text}' (of '{ask}') needs True or False and a reason of at least three words"
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"the Quiz must be a plain list of {{'ask', 'options': [(text, bool, why), …]}}: {error!r}"
        return
    if not 3 <= len(asked) <= 5:
        yield f"quiz: {len(asked)} questions; 3 to 5"
    for ask, options in asked:
        rights = [right for _, right, _ in options]
        if True not in rights or False not in rights:
            yield f"quiz: '{ask}' needs a right option and a wrong one"


def goals(lesson):
    """Three to five goals, and as many items in the recap, which says them again in the past tense."""
    aims, recap = lesson.section("Goals").items, lesson.section("Recap").items
    if not 3 <= len(aims) <= 5:
        yield f"{len(aims)} goals; 3 to 5 list items"
    if len(aims) != len(recap):
        yield f"{len(aims)} goals, but {len(recap)} list items in the recap"


def equations(lesson):
    """Tags are chapter.lesson.number, each once, ascending; what is cited exists; each has code that cites it."""
    prefix = ".".join(str(int(part)) for part in lesson.name.split("_"))
    found = EQUATION.findall(lesson.markdown)
    for tag in found:
        if not re.fullmatch(rf"{re.escape(prefix)}\.[1-9]\d*", tag):
            yield f"equation tag {tag} should be {prefix}.number"
            return
    numbers = [int(tag.rpartition(".")[2]) for tag in found]
    if numbers != sorted(set(numbers)):
        yield f"equation tags repeat or do not ascend: {found}"
    code = "\n".join(cell.source for cell in lesson.code)
    for cited in sorted(set(CITED.findall(lesson.markdown + code))):
        if cited.startswith(prefix + ".") and cited not in found:
            yield f"equation ({cited}) is cited, but no equation carries that tag"
    library = "\n".join(path.read_text(encoding="utf-8") for path in (lesson.root / "lib").rglob("*.py"))
    for tag in found:
        if f"({tag})" not in code + library:
            yield f"no code says that it is equation ({tag}): cite it in a comment, here or in lib/"


def sources(lesson):
    """At least two sources, each a key of chapters/references.md, none twice."""
    keys = KEY.findall(lesson.section("Sources").markdown)
    if len(keys) < 2 or len(keys) != len(lesson.section("Sources").items):
        yield f"{len(keys)} keys in {len(lesson.section('Sources').items)} list items; at least 2, one each"
    if len(set(keys)) < len(keys):
        yield f"a source is listed twice: {keys}"
    references = lesson.root / "chapters" / "references.md"
    known = KEY.findall(references.read_text(encoding="utf-8")) if references.is_file() else []
    for key in keys:
        if key not in known:
            yield f"source `{key}` is not in chapters/references.md"


def shown_is_used(lesson):
    """Every class or function that show_source shows is also used by a cell of the lesson.

    Of a method that a cell cannot call by its name, `forward` or a private one, the class is.
    """
    shown = [argument for call in lesson.calls("show_source") for argument in call.args[:1]]
    inside = {id(node) for argument in shown for node in ast.walk(argument)}
    used = {
        getattr(node, "id", getattr(node, "attr", None))
        for tree in lesson.trees
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in inside
    }
    for argument in shown:
        name = getattr(argument, "attr", getattr(argument, "id", ""))
        if name == "forward" or name.startswith("_"):
            name = ast.unparse(argument).split(".")[0]
        if name not in used:
            yield f"show_source shows {ast.unparse(argument)}, but no cell uses it"


def ledger(lesson):
    """A model that predicts text enters the ledger."""
    if not any("ledger" in ast.unparse(tree).lower() for tree in lesson.trees):
        yield "no cell writes to the ledger"


def what_is_kept(lesson):
    """The line 'What do you keep?'."""
    if "What do you keep?" not in lesson.markdown:
        yield "the line 'What do you keep?' is missing"


LESSON_RULES = [
    headings,
    title,
    read_time,
    length,
    code_cells,
    checks,
    predictions,
    viewer,
    quiz,
    goals,
    equations,
    sources,
    shown_is_used,
    ledger,
    what_is_kept,
]
