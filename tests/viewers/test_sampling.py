"""SamplingViewer: its numbers against seqmodels.decoding, its Python side, every control on a bare page."""

import itertools

import numpy as np
import pytest
import torch

from classroom.chance import uniform
from classroom.sampling_viewer import SamplingViewer
from seqmodels.decoding import sampling_probabilities, tokens_seen
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, drag, is_now, one_module, place, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

WORDS = [*"abcdefgh", " ", "\n", "the", "cat"]
RNG = np.random.default_rng(0)
LOGITS = np.round(RNG.normal(0, 2, (30, 12)), 2)
TOKENS = [int(token) for token in LOGITS.argmax(1)]
TOKENS[4] = int(LOGITS[4].argmin())


def recorded(**more):
    given = {"vocabulary": WORDS, "prompt": [10, 8], "title": "Recorded"}
    return SamplingViewer(LOGITS, TOKENS, **(given | more))


def bigram(ids):
    return LOGITS[ids[-1] % len(LOGITS)]


def growing(**more):
    return SamplingViewer(**{"vocabulary": WORDS, "prompt": [10, 8, 11], "compute": bigram, "title": "Grows"} | more)


def wide(**more):
    """A big vocabulary, a flat distribution, long names."""
    names = [f"word{i}" for i in range(3000)]
    logits = np.random.default_rng(1).normal(0, 1, (2, 3000))
    return SamplingViewer(logits, [5, 2999], vocabulary=names, title="Wide", place=1, **more)


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vocabulary": ["a"]}, ["vocabulary must hold 2 to 60000", "1"]),
        ({"logits": LOGITS[:3]}, ["logits has shape (3, 12)", "(30, 12)"]),
        ({"logits": np.where(LOGITS > 5, np.nan, LOGITS)}, ["logits must be finite", "NaN"]),
        ({"logits": np.full((30, 12), -np.inf)}, ["logits must be finite", "360"]),
        ({"tokens": [12] * 30}, ["tokens must hold ids from 0 to 11", "12"]),
        ({"tokens": []}, ["tokens must hold at least 1", "0"]),
        ({"tokens": [0.5] * 30}, ["tokens must be a row of token ids", "float64"]),
        ({"prompt": [-1]}, ["prompt must hold ids from 0 to 11", "-1"]),
        ({"logits": None}, ["give logits and tokens", "compute"]),
        ({"compute": bigram}, ["give logits and tokens", "compute"]),
        ({"compute": 3}, ["compute must be a function", "3"]),
        ({"logits": None, "tokens": None, "compute": bigram, "prompt": []}, ["prompt must hold at least 1"]),
        ({"logits": None, "tokens": None, "compute": lambda ids: [1.0]}, ["what compute returned", "(1,)", "(12,)"]),
        ({"temperature": -1}, ["temperature", "0 to 10", "-1"]),
        ({"top_k": 13}, ["top_k", "1 to 12", "13"]),
        ({"top_p": 0}, ["top_p", "0 to 1", "0"]),
        ({"repetition_penalty": 0.5}, ["repetition_penalty", "1 to 10", "0.5"]),
        ({"place": 30}, ["place", "0 to 29", "30"]),
        ({"die": 1}, ["die", "1 not included", "1"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    given = {"logits": LOGITS, "tokens": TOKENS, "vocabulary": WORDS, "prompt": [10, 8], **changed}
    with pytest.raises(ValueError) as caught:
        SamplingViewer(given.pop("logits"), given.pop("tokens"), **given)
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_too_long_a_text_is_refused():
    with pytest.raises(ValueError, match="201 × 1000 numbers are too many"):
        SamplingViewer(np.zeros((201, 1000)), [0] * 201, vocabulary=map(str, range(1000)))


# --- numbers --------------------------------------------------------------------------------------

SETTINGS = list(itertools.product((0, 0.5, 1.0, 1.7), (None, 1, 3, 12), (0.3, 0.9, 1.0), (1.0, 1.4)))


def library(it):
    """What seqmodels gives for a viewer's settings, from the same logits."""
    before = torch.tensor([[*it.prompt, *(it.written if it.live else it.tokens[: it.place])]])
    logits = torch.from_numpy(it.logits)[None]
    return sampling_probabilities(
        logits, it.temperature, it.top_k, it.top_p, repetition_penalty=it.repetition_penalty,
        seen=tokens_seen(before, len(it.vocabulary)))[0].numpy()  # fmt: skip


def test_the_numbers_of_text_and_picture_equal_the_library():
    it = recorded()
    for n, (temperature, top_k, top_p, penalty) in enumerate(SETTINGS):
        it.place = n % 30
        it.temperature, it.top_k, it.top_p, it.repetition_penalty = temperature, top_k, top_p, penalty
        np.testing.assert_allclose(it.probabilities, library(it), atol=1e-12, err_msg=str(SETTINGS[n]))
    np.testing.assert_allclose(it.logits, LOGITS[it.place], atol=np.ptp(LOGITS) / 131070 + 1e-6)


@pytest.mark.node
def test_the_browser_computes_what_the_library_computes():
    it, cases = recorded(), []
    for n, (temperature, top_k, top_p, penalty) in enumerate(SETTINGS):
        it.place, it.seed = n % 30, n
        it.temperature, it.top_k, it.top_p, it.repetition_penalty = temperature, top_k, top_p, penalty
        before = [*it.prompt, *it.tokens[: it.place]]
        settings = {"temperature": temperature, "topK": top_k, "topP": top_p, "penalty": penalty}
        given = {"logits": it.logits.tolist(), "before": before, "settings": settings, "die": it.thrown}
        cases.append((given, library(it), it.drawn))
    expression = """v.cases.map((c) => { const cut = m.cutDistribution(c.logits, new Set(c.before), c.settings);
      const byToken = Array(c.logits.length).fill(0); cut.order.forEach((token, i) => (byToken[token] = cut.share[i]));
      return [byToken, cut.kept, cut.order[m.drawnAt(cut, c.die)]]; })"""
    here = run_node("sampling", expression, cases=[case for case, _, _ in cases])
    for (shares, kept, drawn), (case, wanted, wanted_drawn) in zip(here, cases, strict=True):
        np.testing.assert_allclose(shares, wanted, atol=1e-12, err_msg=str(case["settings"]))
        assert (kept, drawn) == (np.count_nonzero(wanted), wanted_drawn)


def test_tensors_are_taken_as_they_are():
    logits = torch.from_numpy(LOGITS).requires_grad_()
    it = SamplingViewer(logits, torch.tensor(TOKENS), vocabulary=WORDS, prompt=torch.tensor([10, 8]))
    assert (it.logits == recorded().logits).all() and it.tokens == TOKENS and it.prompt == [10, 8]


def test_dice_draw_as_often_as_the_probabilities_say():
    it = recorded(temperature=1.5, top_k=5)
    drawn = np.zeros(12)
    for seed in range(2000):
        it.seed = seed
        drawn[it.drawn] += 1 / 2000
    np.testing.assert_allclose(drawn, it.probabilities, atol=0.05)
    it.die = 0.0
    assert it.drawn == it.probabilities.argmax() and it.thrown == 0


def answered(view, **content):
    """What the viewer says to a message of the page."""
    said = []
    view.send = lambda message, buffers=None: said.append(message)
    view._heard(view, content, [])
    return said


def test_a_text_grows_with_what_is_drawn():
    it = growing(die=0.3)
    np.testing.assert_allclose(it.logits, bigram([11]), atol=1e-3)
    assert answered(it, kind="hello") == [{"kind": "here"}]
    assert answered(it, kind="ask", written=[3]) == [{"kind": "done"}]
    assert (it.written, it.die) == ([3], None)
    np.testing.assert_allclose(it.logits, bigram([3]), atol=1e-3)
    it.repetition_penalty = 2
    np.testing.assert_allclose(it.probabilities, library(it), atol=1e-12)
    assert it.thrown == uniform(0, 1)
    [failed] = answered(it, kind="ask", written=[99])
    assert failed["kind"] == "failed" and "99" in failed["text"] and it.written == [3]
    with pytest.raises(ValueError, match="without compute"):
        recorded().ask([1])
    assert answered(recorded(), kind="hello") == []


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(recorded(place=4, top_k=5, die=0.0))
    assert said.startswith(
        "SamplingViewer: Recorded: place 5 of 30; temperature 1, top-k 5, top-p 1, penalty 1 leave 5 of"
    )
    assert "the die 0.0000 draws" in said and said.endswith(f"{WORDS[TOKENS[4]]!r} came, rank 12.")
    assert ": 0 written;" in repr(growing()) and "came" not in repr(growing())
    assert "and 0.00 of" in repr(recorded(temperature=0))


@pytest.mark.parametrize("make", [recorded, growing, wide, lambda: recorded(temperature=0), lambda: wide(top_p=0.5)])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"sampling_static_{it.title}_{it.temperature:g}_{it.top_p:g}.png").write_bytes(png)


def test_joined_javascript_is_one_module():
    assert len(one_module("sampling").encode()) < 80_000


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [recorded(top_k=3, temperature=1.4), growing(top_p=0.6), wide(repetition_penalty=1.2)]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, also=["td", "b", ".token"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"sampling_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_a_place_is_chosen_and_the_die_is_moved(bare):
    root = viewer(bare, "Recorded")
    answer = root.locator("[data-role=answer]")
    root.locator("[data-place='4']").click()
    is_now(bare, "place", 4)
    says(answer, "really came: rank 12, probability <.01, now forbidden.")
    assert root.locator(".token.cut").count() > 0
    it = recorded(top_k=3, temperature=1.4, place=4)
    order, _, _, share = it.cut
    root.locator("[data-rank='1']").click()
    bare.wait_for_function("() => models[0].get('die') !== null")
    assert trait(bare, "die") == pytest.approx(share[0] + share[1] / 2)
    says(answer, f"draws “{WORDS[order[1]]}”" if WORDS[order[1]].isalpha() else "draws “")
    drag(bare, root.locator("[data-role=die]"), -2000, 0)
    is_now(bare, "die", 0)
    says(answer, "The die shows .0000 and draws ")
    press(bare, root, ".", "t")
    is_now(bare, "die", None)
    assert trait(bare, "seed") == 1
    it.seed = 1
    says(answer, f"The die shows {it.thrown:.4f}".replace(" 0.", " ."))
    bars = root.locator("[data-share]").evaluate_all("all => all.map((one) => +one.dataset.share)")
    np.testing.assert_allclose(bars[:3], share[:3], atol=1e-6)


def long_text():
    """A prompt with blanks, and a text longer than the pane."""
    many = {"prompt": [10, 8, 11, 8] * 20, "title": "Long", "vocabulary": WORDS, "place": 290}
    return SamplingViewer(np.tile(LOGITS, (10, 1)), TOKENS * 10, **many)


@pytest.mark.browser
def test_the_text_is_cut_by_whole_lines_and_blanks_are_seen(browser, tmp_path):
    with opened(browser, tmp_path / "page.html", [long_text()], width=700) as page:
        root = viewer(page, "Long")
        text = root.locator("[data-role=text]")
        assert " " not in text.text_content() and text.text_content().startswith("the␣cat␣")
        for place_now in (290, 0, 150, 299, 151):
            page.evaluate("(k) => models[0].set('place', k)", place_now)
            root.locator(f".here[data-place='{place_now}']").wait_for()
            pane, here = place(text), place(root.locator(".here"))
            assert pane["y"] <= here["y"] and here["y"] + here["height"] <= pane["y"] + pane["height"]
            tops = root.locator(".token").evaluate_all(
                "all => [...new Set(all.map((one) => one.getBoundingClientRect().top))]"
            )
            assert len(tops) > 6 and pane["height"] < 40 * len(tops)
            rows = [(top - pane["y"], top + 36 - pane["y"]) for top in tops]
            halves = [row for row in rows if row[0] < -4.5 < 5 < row[1] or row[0] + 4 < pane["height"] < row[1]]
            assert halves == [], "a line is seen whole or not at all"


@pytest.mark.browser
def test_dials_by_mouse_and_by_keyboard(bare):
    root = viewer(bare, "Recorded")
    root.locator("[data-role=top_p]").fill("0.5")
    is_now(bare, "top_p", 0.5)
    root.locator("[data-role=temperature]").fill("0")
    is_now(bare, "temperature", 0)
    says(root.locator("[role=status]"), "temperature 0: always the first")
    says(root.locator("[data-role=numbers]"), "0.00")
    press(bare, root, "0")
    is_now(bare, "top_k", None)
    says(root.locator("[data-role=whole]"), "Nothing that really came is forbidden at any of the 30 places.")
    press(bare, root, "k", "k", "p", "r", "]", "End")
    is_now(bare, "place", 29)
    names = ("top_k", "top_p", "repetition_penalty", "temperature")
    assert [trait(bare, name) for name in names] == [8, 0.95, 1.1, 1.1]
    press(bare, root, "Home", " ")
    bare.wait_for_function("() => models[0].get('place') > 1")
    press(bare, root, " ")
    says(root.locator("[data-role=play]"), "Play")


# The same viewer once more, with a model behind it that answers: its next row is the one before, turned by one token.
ANSWERING = """async () => {
  const { source, state } = JSON.parse(document.getElementById('viewers').textContent)[1];
  const module = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const model = module.staticModel({ ...state, title: 'Answered' }), { on } = model;
  const bytes = Uint8Array.from(atob(state._logits), (c) => c.charCodeAt(0));
  window.asked = [];
  model.on = (name, call) => (name === 'msg:custom' ? (window.heard = call) : on(name, call));
  model.send = ({ kind, written }) => {
    if (kind === 'hello') return queueMicrotask(() => heard({ kind: 'here' }));
    asked.push(written);
    queueMicrotask(() => {
      bytes.set([...bytes.slice(2), ...bytes.slice(0, 2)]);
      model.set('written', written);
      model.set('_logits', btoa(String.fromCharCode(...bytes)));
      heard({ kind: 'done' });
    });
  };
  models.push(model);
  const el = document.createElement('div');
  document.body.append(el);
  module.default.render({ model, el });
}"""


@pytest.mark.browser
def test_a_text_grows_when_python_answers_and_says_so_when_not(bare):
    root = viewer(bare, "Grows")
    says(root.locator("[role=status]"), "the model is needed: open the notebook")
    assert root.locator("[data-role=write]").is_disabled() and root.locator("[data-role=play]").is_disabled()
    bare.evaluate(ANSWERING)
    root = viewer(bare, "Answered")
    says(root.locator("[role=status]"), "0 tokens written")
    drawn = growing(top_p=0.6).drawn
    root.locator("[data-role=write]").click()
    bare.wait_for_function("() => models.at(-1).get('written').length === 1")
    assert bare.evaluate("() => asked") == [[drawn]]
    assert root.locator("[data-role=written]").text_content() == WORDS[drawn]
    press(bare, root, "ArrowRight")
    bare.wait_for_function("() => models.at(-1).get('written').length === 2")
    press(bare, root, "ArrowLeft")
    bare.wait_for_function("() => models.at(-1).get('written').length === 1")
    bare.evaluate("() => heard({ kind: 'failed', text: 'no such token' })")
    says(root.locator("[role=status]"), "The model could not go on: no such token")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True)
def test_a_finger_lays_the_die(bare):
    root = viewer(bare, "Recorded")
    box = place(root.locator("[data-role=strips]"))
    bare.touchscreen.tap(box["x"] + 40 + 0.5 * (box["width"] - 46), box["y"] + 90)
    bare.wait_for_function("() => Math.abs(models[0].get('die') - .5) < .01")


# --- JupyterLab: one notebook, one page ------------------------------------------------------------

NOTEBOOK = {
    "make": """import numpy as np
from classroom import CacheViewer, PositionViewer, SamplingViewer
logits = np.round(np.random.default_rng(0).normal(0, 2, (30, 12)), 2)
words = [*"abcdefgh", " ", ".", "the", "cat"]
grows = SamplingViewer(vocabulary=words, prompt=[10, 8, 11], compute=lambda ids: logits[ids[-1]], title="Grows")
places, bill = PositionViewer(title="Places"), CacheViewer(title="Bill")
grows""",
    "others": "display(places, bill)",
    "written": "print(grows.written, grows.drawn, grows.temperature)",
    "moved": "print(places.query, places.key, places.code)",
    "cost": "print(bill.length, bill.kv_heads, bill.costs['bytes'])",
}


@pytest.mark.browser
def test_page_and_python_hear_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "sampling.ipynb", NOTEBOOK) as page:
        assert lab.run_all(page) == []
        lab.drawn(page)
        root, twin, wanted = viewer(page, "Grows"), growing(), []
        for _ in range(2):
            root.locator("[data-role=write]:enabled").click()
            wanted.append(twin.drawn)
            twin.ask(list(wanted))
            says(root.locator("[data-role=count]"), f"{len(wanted)} written")
        root.locator(".stage").focus()
        page.keyboard.press("]")
        twin.temperature = 1.1
        lab.expect_cell(page, NOTEBOOK["written"], f"{wanted} {twin.drawn} 1.1")
        places = viewer(page, "Places")
        before = lab.count_cells(page)
        places.locator(".stage").focus()
        for key in ("PageUp", "c", "d", "d"):
            page.keyboard.press(key)
        lab.expect_cell(page, NOTEBOOK["moved"], "112 80 sinusoidal")
        assert lab.count_cells(page) == before, "no key leaks to the notebook"
        bill = viewer(page, "Bill")
        bill.locator("[data-role=kv-heads]").select_option("one")
        lab.expect_cell(page, NOTEBOOK["cost"], f"1024 1 {75_497_472 // 12}")
        for shown, name in ((root, "sampling"), (places, "position"), (bill, "cache")):
            shown.screenshot(path=shots / f"{name}_lab.png")
        assert page.errors == [] and page.outside == []
