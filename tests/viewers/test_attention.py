"""AttentionViewer: counts against the course's metrics, errors that help, every way to look."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from classroom.attention_numbers import agreement, alignment_error, links_of
from classroom.attention_viewer import AttentionViewer
from classroom.viewer import STATIC
from conftest import need
from seqmodels.datasets import agreement as agreement_data
from seqmodels.sequence_metrics import alignment_error_rate
from viewers.bare_page import opened, public_state
from viewers.hands import cut, place, says

SOURCE, TARGET = "the black cat sleeps".split(), "le chat noir dort <end>".split()
GOLD, POSSIBLE = {(0, 0), (2, 1), (1, 2), (3, 3)}, {(0, 1)}
WEIGHTS = np.array(
    [
        [0.9, 0.1, 0.0, 0.0],
        [0.0, 0.3, 0.6, 0.1],
        [0.0, 0.2, 0.8, 0.0],
        [0.0, 0.0, 0.25, 0.75],
        [0.25, 0.25, 0.25, 0.25],
    ]
)
DAMAGE = np.array(
    [[0.5, 0, 0.1, 0], [-0.2, 0.1, 0.6, 0], [0, 0.7, 0.1, 0], [0, 0, 0, 0.9], [0, 0, 0, -0.1]], dtype=float
)


def viewer(**more):
    given = {"gold": GOLD, "possible": POSSIBLE, "damage": DAMAGE, "title": "Adjectives change places"}
    return AttentionViewer(WEIGHTS, SOURCE, TARGET, **(given | more))


def several(**more):
    """Three sentences of the agreement data with drawn maps, the last one long."""
    pairs, rng = list(agreement_data().train[:2]), np.random.default_rng(0)
    sources = [list(pair.source) for pair in pairs] + [[f"word{k}" for k in range(24)]]
    targets = [list(pair.target) for pair in pairs] + [[f"mot{k}" for k in range(30)]]
    shapes = [(len(target), len(source)) for source, target in zip(sources, targets, strict=True)]
    maps = [rng.dirichlet(np.full(shape[1], 0.3), shape[0]) for shape in shapes]
    gold = [pair.sure for pair in pairs] + [{(k % 24, k) for k in range(30)}]
    damages = [rng.normal(0.2, 0.3, shape) for shape in shapes]
    return AttentionViewer(maps, sources, targets, gold=gold, damage=damages, title="Three sentences", **more)


# --- counts ---------------------------------------------------------------------------------------


def test_links_error_and_agreement_by_hand():
    here = viewer()
    assert here.links == {(0, 0), (2, 1), (2, 2), (3, 3)}, "no link of <end>"
    assert here.alignment_error == pytest.approx(1 - (3 + 3) / 8)
    assert here.agreement == (3, 4), "noir looks at cat, and black does the damage"
    here.threshold = 0.2
    assert here.links == {(0, 0), (1, 1), (2, 1), (1, 2), (2, 2), (2, 3), (3, 3)}
    assert here.alignment_error == pytest.approx(1 - (4 + 4) / 11)
    assert viewer(gold=None, possible=None).alignment_error is None
    assert viewer(damage=None).agreement is None


def test_the_error_is_the_courses_alignment_error_rate():
    rng = np.random.default_rng(1)
    for _ in range(50):
        links, sure, possible = ({tuple(link) for link in rng.integers(0, 4, (5, 2)).tolist()} for _ in range(3))
        wanted = alignment_error_rate(links, sure, possible)
        assert alignment_error(links, sure, possible) == pytest.approx(wanted, abs=1e-15)
    assert alignment_error(set(), set(), set()) is None


def test_the_browser_counts_the_same(tmp_path):
    need(shutil.which("node"), "node is not installed; the viewer's JavaScript is compared with Python under node")
    here = several()
    file = tmp_path / "state.json"
    file.write_text(json.dumps(public_state(here)))
    script = (
        f"import * as m from '{(STATIC / 'attention_model.js').as_uri()}'; import {{ readFileSync }} from 'node:fs';"
        f"const s = JSON.parse(readFileSync({json.dumps(str(file))}));"
        "const all = m.attentionSentences(s._sentences, s._weights, s._damage, s._ranges);"
        "console.log(JSON.stringify(all.flatMap((one, k) => [null, 0.35].map((threshold) => {"
        "  const v = m.attentionView({...s, sentence: k, threshold}, all, null, 0);"
        "  return [v.links, v.error, v.agreement, [...one.weights], [...one.damage]]; }))))"
    )
    command = ["node", "--input-type=module", "-e", script]
    theirs = iter(json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout))
    for k in range(3):
        for threshold in (None, 0.35):
            here.sentence, here.threshold = k, threshold
            links, error, agree, weights, damage = next(theirs)
            assert {tuple(link) for link in links} == here.links
            assert error == pytest.approx(here.alignment_error, abs=1e-12)
            assert (agree["same"], agree["compared"]) == here.agreement
            np.testing.assert_allclose(weights, here.shown["weights"].ravel(), rtol=0, atol=1e-5)
            np.testing.assert_allclose(damage, here.shown["damage"].ravel(), rtol=0, atol=3e-5)


def test_rows_of_nothing_make_no_link():
    assert links_of(np.zeros((2, 3)), ["a", "b"]) == set()
    assert agreement(np.zeros((2, 3)), np.ones((2, 3))) == (0, 0)


# --- traits, errors, words, picture ---------------------------------------------------------------


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: AttentionViewer(WEIGHTS.T, SOURCE, TARGET), ["weights", "(4, 5)", "(5, 4)"]),
        (lambda: AttentionViewer(WEIGHTS * np.nan, SOURCE, TARGET), ["weights", "finite", "20 NaN"]),
        (lambda: AttentionViewer(WEIGHTS * 2, SOURCE, TARGET), ["weights", "at most 1", "2"]),
        (lambda: AttentionViewer(WEIGHTS - 0.5, SOURCE, TARGET), ["weights", "0 or more", "-0.5"]),
        (lambda: AttentionViewer([], [], []), ["source", "empty"]),
        (lambda: AttentionViewer([WEIGHTS], [SOURCE], [TARGET, TARGET]), ["target", "2 entries", "1 sentences"]),
        (lambda: AttentionViewer([np.zeros((5, 0))], [[]], [TARGET]), ["source", "1 to 60 words"]),
        (lambda: viewer(gold={(4, 0)}), ["gold", "(4, 5)", "(4, 0)"]),
        (lambda: viewer(gold=None), ["possible", "gold"]),
        (lambda: AttentionViewer([WEIGHTS] * 2, [SOURCE] * 2, [TARGET] * 2, names=["head 1"]), ["names", "1 entries"]),
        (lambda: viewer(damage=DAMAGE[:2]), ["damage", "(2, 4)"]),
        (lambda: viewer(pinned=5), ["pinned", "0..4", "5"]),
        (lambda: viewer(sentence=1), ["sentence", "0..0"]),
        (lambda: viewer(layer="heads"), ["layer", "heads"]),
        (lambda: viewer(damage=None, layer="damage"), ["layer", "without damage"]),
        (lambda: viewer(threshold=0.0), ["threshold", "above 0"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_it_can_be_read_and_set_from_python():
    here = several(sentence=2, pinned=7)
    assert (here.sentence, here.pinned) == (2, 7)
    here.sentence = 0
    assert here.pinned is None and len(here.links) == len(here.shown["target"])
    here.set_state({"sentence": 2, "pinned": 20, "threshold": 0.5})
    assert (here.sentence, here.pinned, here.threshold) == (2, 20, 0.5)


def test_picture_and_words():
    png, width = viewer().to_png()
    assert viewer().to_png()[0] == png != viewer(show_gold=False).to_png()[0]
    assert len(png) < 30_000 and 700 < width < 760 and len(several(sentence=2).to_png()[0]) < 60_000
    assert repr(viewer()) == (
        "AttentionViewer: Adjectives change places: “the black cat sleeps” to “le chat noir dort <end>”; linked by the "
        "largest weight of each row the alignment error is 0.25; most weight and most damage are at one word in 3 of 4 "
        "rows."
    )
    assert (
        two_heads(sentence=1).describe()
        == "Two heads, head 2: “le chat noir dort <end>” looks at “the black cat sleeps”."
    )
    assert viewer(gold=None, possible=None, damage=None).describe().endswith("dort <end>”.")


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    options = dict(getattr(request, "param", {}))
    make = options.pop("make", viewer)
    with opened(browser, tmp_path / "page.html", [make()], **options) as page:
        page.set_default_timeout(5000)
        yield page


def root_of(page):
    return page.locator(".mtm").first


def value(page, name):
    return page.evaluate(f"() => models[0].get('{name}')")


def over(page, root, row):
    box = place(root.locator(f"[data-target='{row}']"))
    page.mouse.move(box["x"] + box["width"] + 60, box["y"] + box["height"] / 2)


@pytest.mark.browser
def test_by_mouse(bare):
    root = root_of(bare)
    told = root.locator("[data-role=told]")
    over(bare, root, 2)
    says(told, "When it wrote “noir” it looked at “cat” most: 0.80. “cat” is not right: it belongs to “black”.")
    assert root.locator("[data-bar='weight-2']").count() == 1
    assert root.locator("[data-value='damage-1']").text_content() == "0.70"
    assert value(bare, "pinned") is None, "hover is not told to Python"
    over(bare, root, 3)
    bare.mouse.down()
    bare.mouse.up()
    assert value(bare, "pinned") == 3
    over(bare, root, 0)
    says(told, "“le”")
    bare.mouse.move(2, 2)
    says(told, "“dort”")
    assert root.locator("[data-wrong=true]").count() == 1 and root.locator("[data-gold]").count() == 5
    root.locator("[data-role=gold]").click()
    root.locator("[data-gold]").first.wait_for(state="detached")
    root.locator("[data-layer=damage]").click()
    assert value(bare, "layer") == "damage"
    root.locator("[data-role=rule]").click()
    says(root.locator("[data-role=whole]"), "every weight of 0.20 or more is a link (7; 4 must be there)")
    root.locator("[data-role=threshold]").fill("0.7")
    says(root.locator("[data-role=whole]"), "every weight of 0.70 or more is a link (3;")
    assert value(bare, "threshold") == 0.7


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"make": several}], indirect=True, ids=["several"])
def test_by_keyboard(bare):
    root = root_of(bare)
    root.locator("[data-role=map]").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter", "ArrowDown", "g", "d"):
        bare.keyboard.press(key)
    assert (value(bare, "pinned"), value(bare, "show_gold"), value(bare, "layer")) == (3, False, "damage")
    for key in ("ArrowRight", "PageDown", "PageDown"):
        bare.keyboard.press(key)
    says(root.locator("[data-role=page]"), "3 of 3")
    assert (value(bare, "sentence"), value(bare, "pinned")) == (2, None)
    bare.keyboard.press("End")
    says(root.locator("[data-role=told]"), "“mot29”")
    bare.keyboard.press("t")
    assert value(bare, "threshold") == 0.2
    assert root.locator("[data-bar^=weight]").count() == 20
    bare.keyboard.press("Control+ArrowLeft")
    assert value(bare, "sentence") == 2


def two_heads(**more):
    names = ["head 1", "head 2"]
    return AttentionViewer([WEIGHTS, WEIGHTS], [SOURCE] * 2, [TARGET] * 2, names=names, title="Two heads", **more)


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"make": two_heads}], indirect=True, ids=["named"])
def test_maps_with_names_are_no_sentences(bare):
    root = root_of(bare)
    says(root.locator("[data-role=page]"), "head 1")
    says(root.locator("[data-role=told]"), "“le” looks at “the” most: 0.90.")
    root.locator("[data-role=on]").click()
    says(root.locator("[data-role=page]"), "head 2")
    names = [root.locator(f"[data-role={role}]").get_attribute("aria-label") for role in ("back", "on", "map")]
    said = " ".join([root.text_content(), *names]).replace(root.locator("style").text_content(), "")
    assert "wrote" not in said and "entence" not in said and "head 2, a row" in said


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_pins(bare):
    root = root_of(bare)
    box = place(root.locator("[data-target='1']"))
    bare.touchscreen.tap(box["x"] + box["width"] + 60, box["y"] + 8)
    says(root.locator("[data-role=told]"), "“chat”")
    assert value(bare, "pinned") == 1


def everything_is_seen(bare, shots, request):
    root = root_of(bare)
    moments = {"map": {}, "damage": {"layer": "damage", "pinned": 2}, "long": {"sentence": 2, "threshold": 0.3}}
    for moment, traits in moments.items():
        before = root.get_attribute("data-frame")
        bare.evaluate("(traits) => Object.entries(traits).forEach(([k, v]) => models[0].set(k, v))", traits)
        if traits:
            bare.wait_for_function("(n) => document.querySelector('.mtm').dataset.frame > n", arg=int(before))
        root.screenshot(path=shots / f"attention_{moment}_{request.node.callspec.id}.png")
        assert cut(root, ("span",)) == [], moment
    assert float(root.get_attribute("data-draw-ms")) < 200


MANY = [{"theme": t, "width": w, "make": several} for t in ("light", "dark") for w in (592, 700, 1000, 1300)]


@pytest.mark.browser
@pytest.mark.parametrize("bare", MANY, indirect=True, ids=lambda o: f"{o['theme']}-{o['width']}")
def test_nothing_is_cut_at_any_moment(bare, shots, request):
    everything_is_seen(bare, shots, request)


# Numbers of the chosen row that reach over their cell or into the mark of a link there.
CROWDED = """() => { const marks = [...document.querySelectorAll('[data-link]')].map((e) => e.getBoundingClientRect());
  const band = document.querySelector('[data-role=band]').getBoundingClientRect(),
    count = document.querySelectorAll('[data-source]').length, cell = (band.width - 2) / count;
  return [...document.querySelectorAll('[data-number]')].filter((e) => {
    const box = e.getBoundingClientRect(), left = band.left + 1 + cell * Number(e.dataset.number);
    return box.left < left || box.right > left + cell || marks.some((m) =>
      m.left < box.right && m.right > box.left && m.top < box.bottom && m.bottom > box.top);
  }).map((e) => e.textContent);
}"""


def wide_map(columns):
    words = [f"w{k}" for k in range(columns)]
    weights = 0.94 * np.eye(columns) + 0.06 / columns
    return AttentionViewer(weights, words, words, gold=[(0, 1)], show_gold=True)


@pytest.mark.browser
@pytest.mark.parametrize("columns, seen", [(3, True), (8, True), (14, False)])
def test_a_number_stands_only_where_there_is_room(browser, tmp_path, columns, seen):
    with opened(browser, tmp_path / "page.html", [wide_map(columns)], width=480) as page:
        root_of(page).locator("[data-link]").first.wait_for(state="attached")
        assert page.evaluate(CROWDED) == []
        assert (root_of(page).locator("[data-number]").count() > 0) == seen


@pytest.mark.browser
def test_every_control_has_a_name(bare):
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, [tabindex="0"]')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
    assert root_of(bare).locator("[role=status]").count() == 1
