"""The generation viewer and the self-check: Python, a page without a kernel, and one JupyterLab."""

import copy
import io
import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from classroom import GenerationViewer, SelfCheck
from conftest import need
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, one_module, place, says, viewer
from viewers.tale_runs import MODELS, tale_runs

RUNS = tale_runs()
SEVERAL = tale_runs(40, prompts=("The cat sat on the", "Orla opened her"), temperatures=(1.0, 0.5), seeds=(0, 7))

QUESTIONS = [
    {
        "about": about,
        "ask": f"Is `{number} + 1` equal to {number + 1}?",
        "options": [("no", False, "Count again."), ("yes", True, "Count.")],
    }
    for number, about in enumerate(["probability", "python", "probability", "python", "python"], start=1)
]
ROUTES = {
    "probability": {
        "name": "Probability",
        "enough": 1,
        "if_short": "Read [the first page](chapters/01.ipynb) slowly.",
        "if_enough": "You know what chapter 01 asks for.",
    },
    "python": {
        "name": "Python",
        "enough": 2,
        "if_short": "Work through lists in [the tutorial](https://docs.python.org/3/tutorial/).",
        "if_enough": "Nothing to do.",
    },
}


OVERLAP = """(root) => [...root.querySelectorAll('.lane')].flatMap((lane) => {
  const parts = [...lane.querySelectorAll('.written, .about > *, .guesses > :first-child, .guess:not([hidden])')];
  const boxes = parts.map((part) => [part.textContent, part.getBoundingClientRect()]);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  return boxes.flatMap(([text, a], k) => boxes.slice(k + 1).filter(([, b]) => over(a, b)).map(([its]) => [text, its]));
})"""


def changed(**values):
    """The runs of one model, the first with other values."""
    return [{**copy.deepcopy(RUNS[0]), **values}]


# --- Python: bad input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([], ["non-empty list"]),
        (["text"], ["run 1", "dict"]),
        ([{"model": "a"}], ["run 1", "missing", "'probabilities'"]),
        (changed(colour="red"), ["run 1", "unknown ['colour']"]),
        (changed(text=""), ["run 1", "'text'", "not empty"]),
        (changed(probabilities=[0.5]), ["'probabilities' has 1", "60 characters"]),
        (changed(top=[]), ["'top' has 0", "60 characters"]),
        (changed(probabilities=[0.0] * 60), ["character 0", "above 0"]),
        (changed(probabilities=[float("nan")] * 60), ["character 0", "nan"]),
        (changed(temperature=-1), ["'temperature'", "-1"]),
        (changed(top=[[("ab", 0.5)]] * 60), ["one character long", "ab"]),
        (changed(top=[[("a", 0.7), ("b", 0.7)]] * 60), ["sum to at most 1"]),
        (changed(top=[[("a", 0.2), ("b", 0.7)]] * 60), ["most probable character"]),
        (changed(text="a" * 301, probabilities=[1] * 301, top=[[("a", 1)]] * 301), ["301", "at most 300"]),
        (RUNS + RUNS[:1], ["run 5 and run 1", "'Letters'"]),
        ([{**RUNS[0], "model": str(k)} for k in range(9)], ["9 models", "at most 8"]),
    ],
)
def test_errors_name_the_run(runs, words):
    with pytest.raises(ValueError) as caught:
        GenerationViewer(runs)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_other_errors_say_what_is_expected():
    view = GenerationViewer(SEVERAL)
    for name, value, words in (
        ("prompt", "Jory", "expected one of those in the runs"),
        ("temperature", 3.0, r"\[1.0, 0.5\]"),
        ("seed", 1, r"\[0, 7\]"),
        ("position", 41, "0..40"),
        ("lane", 4, "0..3"),
        ("pinned", -1, "0..39"),
        ("speed", 0, "0.1 to 1000"),
    ):
        with pytest.raises(ValueError, match=words):
            setattr(view, name, value)
    with pytest.raises(ValueError, match="function of"):
        GenerationViewer(RUNS, compute="model")
    with pytest.raises(ValueError, match="without compute"):
        view.ask("The")


# --- Python: what is chosen, what is asked ----------------------------------------------------------


def test_a_choice_finds_its_runs_and_keeps_the_place():
    view = GenerationViewer(SEVERAL, temperature=0.5, position=12, pinned=3)
    assert (view.prompt, view.temperature, view.seed) == ("The cat sat on the", 0.5, 0)
    assert (view.position, view.pinned, len(view.lanes)) == (12, 3, 4)
    view.prompt = "Orla opened her"
    assert (view.temperature, view.position, view.pinned) == (0.5, 12, None)
    assert {run["prompt"] for run in view.lanes} == {"Orla opened her"}
    thin = GenerationViewer([*SEVERAL[:4], *tale_runs(30, prompts=("Jory",), seeds=(9,))])
    thin.position = 40
    thin.prompt = "Jory"
    assert (thin.seed, thin.position) == (9, 30), "no run of Jory has seed 0 or 40 characters: the nearest is taken"


def test_the_state_keeps_the_numbers_and_is_small():
    run = GenerationViewer(RUNS).lanes[1]
    np.testing.assert_allclose(run["probabilities"], RUNS[1]["probabilities"], rtol=1e-5)
    characters, shares = run["top"][7]
    assert list(characters) == [c for c, _ in RUNS[1]["top"][7]]
    np.testing.assert_allclose(shares, [p for _, p in RUNS[1]["top"][7]], atol=5.1e-5)
    assert len(json.dumps(GenerationViewer(tale_runs(300))._runs)) < 80_000


def answered(view, **content):
    """What the viewer says to a message of the page."""
    said = []
    view.send = lambda message, buffers=None: said.append(message)
    view._heard(view, content, [])
    return said


def continued(prompt, temperature, seed):
    if "#" in prompt:
        raise ValueError("'#' is not among the 64 characters")
    return tale_runs(20, (prompt,), (seed,), (temperature,))


def test_a_prompt_of_the_reader_is_continued_by_python():
    view = GenerationViewer(RUNS, compute=continued)
    assert answered(view, kind="hello") == [{"kind": "here"}]
    assert answered(view, kind="ask", prompt="Jory", temperature=0.5, seed=3) == [{"kind": "done"}]
    assert (view.prompt, view.temperature, view.seed, view.position) == ("Jory", 0.5, 3, 0)
    assert [len(run["text"]) for run in view.lanes] == [20] * 4
    failed = answered(view, kind="ask", prompt="#", temperature=1, seed=0)
    assert failed == [{"kind": "failed", "text": "'#' is not among the 64 characters"}]
    assert view.prompt == "Jory", "after an error all stays as it was"
    assert "empty" in answered(view, kind="ask", prompt="", temperature=1, seed=0)[0]["text"]
    for number in range(9):
        view.ask(f"Jory {number}")
    prompts = list(dict.fromkeys(run["prompt"] for run in view._runs))
    assert prompts == ["The cat sat on the", *(f"Jory {number}" for number in range(4, 9))]
    view.ask("The cat sat on the")
    assert len(view.lanes) == 4, "asked again, a run takes the place of the one before"


# --- Python: words and pictures ---------------------------------------------------------------------


def test_describe_tells_what_each_model_wrote():
    text = repr(GenerationViewer(RUNS, title="Four eras"))
    assert text.startswith("GenerationViewer: Four eras: 4 models continue 'The cat sat on the': Letters writes ")
    mean = -np.log2(RUNS[1]["probabilities"]).mean()
    assert f"({mean:.1f} bits a character); Shannon writes" in text
    assert text == repr(GenerationViewer(RUNS, title="Four eras"))


@pytest.mark.parametrize(("count", "length"), [(1, 12), (4, 200), (6, 300), (8, 300)])
def test_the_picture_is_small_and_shows_the_tints(count, length):
    models = [(f"{k} $x_{k}$", "1913", min(k, 3)) for k in range(count)]
    view = GenerationViewer(tale_runs(length, models=models), title="Costs $5")
    png, width = view.to_png()
    assert len(png) < 30_000 and width == 729
    colours = np.unique(np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3), axis=0).astype(int)
    for tint in ((0x7F, 0xB6, 0xDE), (0x2B, 0x76, 0xB9)):
        assert np.abs(colours - tint).max(axis=1).min() < 12


def test_the_output_has_live_view_picture_and_words():
    view = GenerationViewer(tale_runs(12, models=MODELS[:1]))
    data, metadata = view._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(data)
    assert metadata["image/png"]["alt"] == view.describe()


# --- Python: the self-check -------------------------------------------------------------------------


def other_route(**values):
    return {**ROUTES, "python": {**ROUTES["python"], **values}}


@pytest.mark.parametrize(
    ("questions", "routes", "words"),
    [
        ([], ROUTES, ["non-empty list"]),
        (QUESTIONS, {}, ["one entry for each subject"]),
        ([{**QUESTIONS[0], "about": "music"}], ROUTES, ["question 1", "'music'", "'probability'"]),
        (QUESTIONS, other_route(enough=4), ["route 'python'", "4", "3 question(s)"]),
        (QUESTIONS, {**ROUTES, "music": ROUTES["python"]}, ["route 'music'", "0 question(s)"]),
        (QUESTIONS, other_route(if_short=""), ["'if_short'", "not empty"]),
        (QUESTIONS, other_route(if_short="[go](javascript:alert)"), ["route 'python'", "javascript:alert"]),
        (QUESTIONS, {**ROUTES, "python": {"name": "Python"}}, ["route 'python'", "exactly"]),
        ([{**QUESTIONS[0], "options": [("a", False, "b"), ("c", False, "d")]}, *QUESTIONS[1:]], ROUTES, ["no right"]),
    ],
)
def test_self_check_errors_name_the_question_or_the_route(questions, routes, words):
    with pytest.raises(ValueError) as caught:
        SelfCheck(questions, routes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_subject_that_decides_must_be_one_of_the_routes():
    with pytest.raises(ValueError, match="begin must be"):
        SelfCheck(QUESTIONS, ROUTES, ("astrology", "Here.", "There."))


def test_the_self_check_counts_first_tries_and_gives_advice():
    check = SelfCheck(QUESTIONS, ROUTES)
    assert check.known == {"probability": 0, "python": 0}
    check.answers = [[1], [0, 1], [2], [1], [0, 2]]  # option 2 is "I do not know"
    assert check.known == {"probability": 1, "python": 1}
    probability, python, begin = check.advice()
    assert probability == "Probability, 1 of 2: You know what chapter 01 asks for."
    assert python.startswith("Python, 1 of 3: Work through lists")
    assert begin == "Begin with the first lesson. On the way, keep at hand what is said above of: Python."
    assert check.questions[0]["options"][2] == {
        "text": "I do not know",
        "right": False,
        "unknown": True,
        "reason": "It is: yes. Count.",
    }


def test_the_self_check_as_text():
    data, _ = SelfCheck(QUESTIONS, ROUTES)._repr_mimebundle_()
    assert "image/png" not in data
    text = data["text/markdown"]
    assert text.count("<details>") == 5 and "I do not know" not in text
    assert "**Probability** (2 questions). At least 1 known" in text.split("</details>")[-1]
    assert "5 questions on Probability, Python; 0 answered" in data["text/plain"]


@pytest.mark.node
def test_the_page_gives_the_same_advice_as_python():
    need(shutil.which("node"), "node is not installed; the advice on the page is compared under node 18 or newer")
    rng = np.random.default_rng(3)
    deciding = next(iter(ROUTES)), "Begin at [A](a.ipynb).", "Begin at B."
    checks = [SelfCheck(QUESTIONS, ROUTES, deciding if i % 2 else ()) for i in range(12)]
    for check in checks:
        check.answers = [list(map(int, rng.permutation(3)[: rng.integers(3)])) for _ in QUESTIONS]
    rules = (lab.ROOT / "lib/classroom/static/self_check_rules.js").as_uri()
    program = (
        f"import {{ routesOf, whereToBegin }} from {json.dumps(rules)}; let t = '';"
        "for await (const part of process.stdin) t += part;"
        "console.log(JSON.stringify(JSON.parse(t).map(([q, a, r, b]) => ["
        "...routesOf(q, a, r).map((x) => `${x.name}, ${x.known} of ${x.asked}: ${x.text}`),"
        "whereToBegin(q, a, r, b)])));"
    )
    given = json.dumps([[check.questions, check.answers, ROUTES, check.begin] for check in checks])
    command = ["node", "--input-type=module", "-e", program]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == [check.advice() for check in checks]
    assert len({check.advice()[-1] for check in checks}) > 1


@pytest.mark.parametrize("name", ["generation", "self_check", "quiz"])
def test_joined_javascript_is_one_module(name):
    assert len(one_module(name).encode()) < 50_000


# --- a page without a kernel ------------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    views = [
        GenerationViewer(SEVERAL, title="Four eras"),
        GenerationViewer(RUNS, compute=continued, title="Ask"),
        SelfCheck(QUESTIONS, ROUTES, title="Where should I begin?"),
    ]
    with opened(browser, tmp_path / "page.html", views, **getattr(request, "param", {})) as page:
        yield page


def state(page, *names):
    """Traits of the generation viewer on the page, once they are drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("(names) => names.map((name) => models[0].get(name))", list(names))


ALSO = ("select", "input", "b", ".guess", ".written span", ".share")


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for name in ("Four eras", "Ask"):
        viewer(bare, name).locator("[data-role=end]").click()
    bare.locator("[data-role=show]").click()
    bare.wait_for_timeout(80)
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, ALSO) == [], f"viewer {i}"
        root.screenshot(path=shots / f"generation_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_the_keyboard_writes_looks_back_and_chooses(bare):
    root = viewer(bare, "Four eras")
    root.locator(".stage").focus()
    press = bare.keyboard.press
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "PageDown"):
        press(key)
    assert state(bare, "position", "lane", "pinned") == [12, 0, None]
    lane = SEVERAL[0]
    assert root.locator("[data-lane='0'] .written [data-i]:not(.later)").count() == 12
    mean = -np.log2(lane["probabilities"][:12]).mean()
    says(root.locator("[data-lane='0'] [data-role=mean]"), f"own surprise {mean:.2f} bits")
    for key in ("ArrowDown", ",", ",", "Shift+ArrowLeft", "."):
        press(key)
    assert state(bare, "position", "lane", "pinned") == [12, 1, 10]
    says(root.locator("[data-role=moment]"), "Markov, character 11, pinned")
    press("Escape")
    press("End")
    assert state(bare, "position", "pinned") == [40, None]
    assert root.locator("[data-lane='0'] .later").count() == 0
    press("Home")
    assert state(bare, "position") == [0]
    press("PageDown")
    root.locator("[data-role=prompt]").select_option("Orla opened her")
    root.locator("[data-role=seed]").select_option("7")
    assert state(bare, "prompt", "seed", "temperature", "position") == ["Orla opened her", 7, 1, 10]
    [run] = [r for r in SEVERAL if (r["model"], r["prompt"], r["seed"], r["temperature"])
             == ("Shannon", "Orla opened her", 7, 1.0)]  # fmt: skip
    shown = root.locator("[data-lane='2'] .written").get_attribute("aria-label")
    assert shown == f"Shannon: Orla opened her{run['text'][:10]}", "another choice is written as far"


@pytest.mark.browser
@pytest.mark.parametrize(("lanes", "width", "low"), [(6, 1000, 135), (8, 1000, 115), (8, 700, 135)])
def test_many_lanes_are_kept_low(browser, tmp_path, lanes, width, low):
    text = "a\n" * 70
    lane = {**RUNS[0], "text": text, "probabilities": [0.01] * 140, "top": [[(c, 0.2) for c in "uvwx"]] * 140}
    runs = [{**lane, "model": f"model {k}", "year": "1900", "keeps": f"{k} letters"} for k in range(lanes)]
    with opened(browser, tmp_path / "page.html", [GenerationViewer(runs)], width=width) as page:
        page.locator("[data-role=end]").click()
        heights = [place(one)["height"] for one in page.locator(".lane").all()]
        assert len(heights) == lanes and max(heights) < low, "a new line is a sign there and begins no line"
        root = page.locator(".mtm")
        assert cut(root, (".lane span", ".guess:not([hidden])")) == []
        assert root.evaluate(OVERLAP) == [], "and no guess lies on another or on the text"


@pytest.mark.browser
def test_keys_stay_with_the_viewer_after_a_click(bare):
    root = viewer(bare, "Four eras")
    root.locator("[data-role=end]").click()  # it is of no more use now, and disabled
    bare.keyboard.press("ArrowLeft")
    assert state(bare, "position") == [39]
    root.locator("h3").click()  # a bare spot
    bare.keyboard.press("ArrowLeft")
    assert state(bare, "position") == [38]


@pytest.mark.browser
def test_the_bars_are_those_of_the_place_under_the_pointer(bare):
    root = viewer(bare, "Four eras")
    root.locator("[data-role=end]").click()
    root.locator("[data-lane='2'] [data-i='9']").hover()
    root.locator("[data-lane='2'] [data-role=place]", has_text="character 10").wait_for()
    top, drawn = SEVERAL[2]["top"][9], SEVERAL[2]["text"][9]
    bars = root.locator("[data-lane='2'] .guess:visible")
    shown = [(b.get_attribute("data-character"), float(b.get_attribute("data-share"))) for b in bars.all()[:5]]
    assert [c for c, _ in shown] == [c for c, _ in top]
    np.testing.assert_allclose([p for _, p in shown], [p for _, p in top], atol=5.1e-5)
    marked = root.locator("[data-lane='2'] .guess.drawn:visible")
    assert marked.count() == 1 and marked.get_attribute("data-character") == drawn
    assert state(bare, "pinned") == [None], "a preview is not sent"
    root.locator("[data-lane='2'] [data-i='9']").click()
    assert state(bare, "lane", "pinned") == [2, 9]
    root.locator("[data-lane='2'] [data-i='9']").click()
    assert state(bare, "pinned") == [None]


@pytest.mark.browser
def test_play_writes_all_lanes_at_once_and_stops(bare):
    root = viewer(bare, "Four eras")
    bare.evaluate("() => models[0].set('speed', 60)")
    root.locator(".stage").focus()
    bare.keyboard.press("Space")
    root.locator("[data-role=play]", has_text="Pause").wait_for()
    bare.wait_for_function(
        "(e) => e.querySelectorAll('[data-lane=\"3\"] [data-i]:not(.later)').length > 4", arg=root.element_handle()
    )
    bare.keyboard.press("Space")
    root.locator("[data-role=play]", has_text="Play").wait_for()
    [n] = state(bare, "position")
    counts = [root.locator(f"[data-lane='{k}'] [data-i]:not(.later)").count() for k in range(4)]
    assert 4 < n < 40 and counts == [n] * 4
    bare.keyboard.press("Space")
    bare.wait_for_function("() => models[0].get('position') === 40")
    root.locator("[data-role=play]", has_text="Play").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_tap_pins_a_character(bare):
    root = viewer(bare, "Four eras")
    root.locator("[data-role=end]").tap()
    root.locator("[data-lane='1'] [data-i='5']").tap()
    assert state(bare, "lane", "pinned") == [1, 5]


@pytest.mark.browser
def test_without_a_kernel_the_prompt_field_says_why_it_is_off(bare):
    root = viewer(bare, "Ask")
    assert root.locator("[data-role=own]").is_disabled() and root.locator("[data-role=ask]").is_disabled()
    assert "needs Python" in root.locator("[data-role=ask]").get_attribute("title")
    assert "needs Python" in root.locator("[data-role=told]").inner_text()
    assert viewer(bare, "Four eras").locator("[data-role=own]").is_hidden(), "no compute, no field"
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
def test_the_self_check_on_the_page(bare):
    root = viewer(bare, "Where should I begin?")
    routes = root.locator("[data-role=routes]")
    assert routes.is_hidden()
    root.locator("[data-question='0'] [data-option='0']").focus()
    bare.keyboard.press("3")
    told = root.locator("[data-question='0'] [data-option='2']")
    told.get_by_text("It is: yes. Count.").wait_for()
    assert told.get_attribute("data-state") == "unknown"
    assert "Not quite" not in told.inner_text() and "✗" not in told.inner_text()
    root.locator("[data-role=show]").click()
    routes.get_by_text("4 questions are still open and counted").wait_for()
    assert root.locator("[data-role=show]").is_hidden()
    for q in (1, 2, 3, 4):
        root.locator(f"[data-question='{q}'] [data-option='1']").click()
    root.locator("[data-role=begin]", has_text="Begin with the first lesson").wait_for()
    says(routes.locator("[data-subject=python]"), "3 of 3")
    assert "still open" not in routes.inner_text()
    root.locator("[data-role=again]").click()
    link = routes.locator("[data-subject=probability] a")
    assert link.get_attribute("href") == "chapters/01.ipynb"


# --- JupyterLab -------------------------------------------------------------------------------------

CELLS = {
    "setup": """import json
from classroom import GenerationViewer, SelfCheck
given = json.load(open("generation.json"))

def compute(prompt, temperature, seed):
    if "#" in prompt:
        raise ValueError("'#' is not among the 64 characters")
    about = {"prompt": prompt, "temperature": temperature, "seed": seed}
    return [{**run, **about} for run in given["runs"]]""",
    "lanes": """view = GenerationViewer(given["runs"], compute=compute, title="Four eras")
view""",
    "check": """check = SelfCheck(given["questions"], given["routes"])
check""",
    "traits": "print(view.position, view.lane, view.pinned, repr(view.prompt), view.seed)",
    "set": 'view.position = 7; view.lane = 1; view.pinned = 2; print("set")',
    "known": "print(check.answers, check.known)",
}


@pytest.mark.browser
def test_page_and_python_hear_each_other(browser, server, shots):
    given = {"runs": RUNS, "questions": QUESTIONS, "routes": ROUTES}
    (server.folder / "generation.json").write_text(json.dumps(given), encoding="utf-8")
    with lab.new_notebook(browser, server, "generation.ipynb", CELLS) as page:
        assert lab.run_all(page) == []
        lab.drawn(page)
        root = viewer(page, "Four eras")
        root.locator("[data-role=count]", has_text="7 of 60").wait_for()
        root.locator("[data-lane='1'] [data-role=place]", has_text="character 3, pinned").wait_for()
        before = lab.count_cells(page)
        root.locator(".stage").focus()
        for key in ("End", "ArrowLeft", "Escape", "ArrowDown", "d", "d"):
            page.keyboard.press(key)
        lab.expect_cell(page, CELLS["traits"], "59 2 None 'The cat sat on the' 0")
        assert lab.count_cells(page) == before, "no key leaks to the notebook"
        lab.expect_cell(page, CELLS["set"], "set")
        root.locator("[data-role=count]", has_text="7 of 60").wait_for()
        ask(root, "#")
        root.locator("[data-role=told]", has_text="'#' is not among the 64 characters").wait_for()
        ask(root, "Jory d d")
        root.locator("[data-lane='0'] .given", has_text="Jory d d").wait_for()
        root.screenshot(path=shots / "generation_lab.png")
        page.keyboard.press("Escape")
        root.locator("[data-role=end]").click()
        lab.expect_cell(page, CELLS["traits"], "60 1 None 'Jory d d' 5")
        check = viewer(page, "Where should I begin?")
        check.locator("[data-question='0'] [data-option='1']").click()
        check.locator("[data-question='1'] [data-option='2']").click()
        lab.expect_cell(page, CELLS["known"], "[[1], [2], [], [], []] {'probability': 1, 'python': 0}")
        assert page.errors == [] and page.outside == []


def ask(root, prompt):
    """Type a prompt and a seed, and send them."""
    root.locator("[data-role=own]:enabled").fill(prompt)
    root.locator("[data-role=own-seed]").fill("5")
    root.locator("[data-role=own]").press("Enter")
