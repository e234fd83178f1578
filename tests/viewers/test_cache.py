"""CacheViewer: its numbers against the state of a GPT and torch's own counter, its Python side, every control."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from classroom.cache_numbers import cache_costs, pairs_anew, pairs_up_to, reach
from classroom.cache_viewer import MODELS, CacheViewer
from seqmodels.attention import sliding_window_mask
from seqmodels.gpt import GPT
from seqmodels.probes import record
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, is_now, one_module, place, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

SIZES = {"layers": 3, "heads": 4, "head_size": 6, "d_ff": 40, "vocabulary": 11}


def bill(**more):
    return CacheViewer(**{"title": "Bill", **more})


def small(**more):
    return CacheViewer({"Small": SIZES | more.pop("sizes", {})}, **{"title": "Small", "length": 12, **more})


def many(**more):
    rivals = {"LSTM": {"numbers": 4096, "multiplications": 10**7}, "another with a long name": {"numbers": 600_000}}
    settings = {"kv_heads": 3, "window": 1024, "batch": 16, "length": 16384, "bytes_per_number": 2, "title": "Many"}
    return CacheViewer(rivals=rivals, **settings | more)


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"models": {}}, ["models must be a dict of at least one", "{}"]),
        ({"models": {"A": {"layers": 2}}}, ["models: 'A'", "heads, head_size"]),
        ({"models": {"A": SIZES | {"width": 3}}}, ["models: 'A'", "'width': 3"]),
        ({"models": {"A": SIZES | {"layers": 0}}}, ["layers of 'A'", "0"]),
        ({"models": {"A": SIZES | {"kv_heads": 3}}}, ["kv_heads must divide the 4 heads", "3"]),
        ({"models": {"A": SIZES | {"window": 0}}}, ["window", "0"]),
        ({"rivals": {"L": {"size": 3}}}, ["rivals: 'L'", "numbers"]),
        ({"rivals": dict.fromkeys("abcd", {"numbers": 1})}, ["rivals must be a dict of at most 3"]),
        ({"rivals": {"L": {"numbers": -1}}}, ["numbers of 'L'", "-1"]),
        ({"model": "GPT-9"}, ["model must be one of", "'GPT-2 small'", "'GPT-9'"]),
        ({"kv_heads": 5}, ["kv_heads must divide the 12 heads", "5"]),
        ({"window": 1.5}, ["window", "1.5"]),
        ({"length": 131_073}, ["length", "1 to 131072", "131073"]),
        ({"batch": 0}, ["batch", "1 to 256", "0"]),
        ({"bytes_per_number": 3}, ["bytes_per_number must be 4, 2 or 1", "3"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    with pytest.raises(ValueError) as caught:
        CacheViewer(**changed)
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_another_model_brings_its_own_heads_and_window():
    it = bill(kv_heads=3)
    assert (it.model, it.kv_heads, it.window) == ("GPT-2 small", 3, None)
    it.model = "The course's GPT"
    assert (it.kv_heads, it.window) == (4, 128)
    it.set_state({"model": "GPT-2 small", "kv_heads": 1, "window": 256, "length": 64})
    assert (it.kv_heads, it.window, it.length) == (1, 256, 64), "what the page says together is kept together"
    with pytest.raises(ValueError, match="12 heads"):
        it.kv_heads = 8


# --- numbers --------------------------------------------------------------------------------------


def a_gpt(kv_heads=4, window=None):
    torch.manual_seed(0)
    return GPT(SIZES["vocabulary"], 24, SIZES["heads"], SIZES["layers"], positions="rotary", d_ff=SIZES["d_ff"],
               bias=False, n_kv_heads=kv_heads, window=window).eval()  # fmt: skip


@pytest.mark.parametrize("kv_heads", [4, 2, 1])
@pytest.mark.parametrize("window", [None, 5])
def test_the_cache_has_the_bytes_of_a_gpt(kv_heads, window):
    tokens = torch.zeros(3, 9, dtype=torch.int64)
    with torch.no_grad():
        _, (_, caches) = a_gpt(kv_heads, window)(tokens)
    parts = [part for cache in caches for part in (cache.keys, cache.values)]
    needed = parts if window is None else [part[:, :, -window:] for part in parts]  # the library keeps all
    it = small(length=9, batch=3, kv_heads=kv_heads, window=window)
    assert it.costs["bytes"] == sum(part.numel() * part.element_size() for part in needed)
    half = small(length=9, batch=3, kv_heads=kv_heads, window=window, bytes_per_number=2)
    assert half.costs["bytes"] == sum(part.half().nbytes for part in needed)


def counted(run):
    """Multiplications in products of matrices, as torch counts them."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("kv_heads", [4, 2])
@pytest.mark.parametrize("n", [1, 2, 9])
def test_a_step_costs_what_torch_counts(kv_heads, n):
    model = a_gpt(kv_heads)
    tokens = torch.zeros(3, n, dtype=torch.int64)
    with torch.no_grad():
        state = model.initial_state(3) if n == 1 else model(tokens[:, :-1])[1]
    with record(model):  # then attention is explicit and nothing is fused
        step = counted(lambda: model.step(tokens[:, -1], state))
    assert step == small(length=n, batch=3, kv_heads=kv_heads).costs["step"]


def test_without_a_cache_the_whole_text_is_read_again():
    n, model = 9, a_gpt()
    tokens = torch.zeros(1, n, dtype=torch.int64)
    with record(model):
        read = counted(lambda: model(tokens))
    scores = 2 * SIZES["layers"] * SIZES["heads"] * SIZES["head_size"]
    heads = (n - 1) * 24 * SIZES["vocabulary"]  # the model scores every place, the next word needs the last
    hidden = scores * (n * n - n * (n + 1) // 2)  # and it multiplies pairs that may not see each other
    assert read - heads - hidden == small(length=n).costs["anew"]


@pytest.mark.parametrize("window", [2, 4])
def test_what_lies_further_back_cannot_reach_the_next_word(window):
    model, n = a_gpt(window=window).double(), 14
    tokens = torch.randint(SIZES["vocabulary"], (1, n), generator=torch.Generator().manual_seed(0))
    far = small(length=n, window=window)
    again = far.costs["again"]
    assert again == SIZES["layers"] * (window - 1) + 1 == reach(far.sizes) < n
    with torch.no_grad():
        whole, short, shorter = (model(tokens[:, -k:])[0][0, -1] for k in (n, again, again - 1))
    torch.testing.assert_close(short, whole, rtol=0, atol=1e-12)
    assert (shorter - whole).abs().max() > 1e-9, "one word less is too few"
    assert far.costs["anew"] == small(length=again, window=window).costs["anew"]
    assert far.costs["all_anew"] == sum(small(length=k, window=window).costs["anew"] for k in range(1, n + 1))


def test_pairs_are_those_of_the_mask():
    for n in range(1, 12):
        for window in (1, 3, 20):
            mask = sliding_window_mask(n, window)
            assert pairs_up_to(n, window) == mask.sum()
            assert pairs_anew(n, window) == sum(int(mask[:k].sum()) for k in range(1, n + 1))
        assert pairs_up_to(n, None) == n * (n + 1) // 2


def test_the_sizes_are_those_of_the_published_model():
    with torch.device("meta"):
        published = GPT(50_257, 768, 12, 12, 1024)
    assert MODELS["GPT-2 small"]["parameters"] == sum(p.numel() for p in published.parameters())
    assert bill().costs["weights"] == 4 * 124_439_808
    assert small().models["Small"]["parameters"] == sum(p.numel() for p in a_gpt().parameters() if p.dim() > 1)


@pytest.mark.node
def test_the_browser_counts_what_python_counts():
    rng, cases = np.random.default_rng(0), []
    for _ in range(60):
        heads = int(rng.choice([1, 4, 6, 12]))
        divisors = [k for k in range(1, heads + 1) if heads % k == 0]
        sizes = SIZES | {"heads": heads, "kv_heads": int(rng.choice(divisors)), "layers": int(rng.integers(1, 20)),
                         "window": None if rng.random() < 0.4 else int(rng.integers(1, 300))}  # fmt: skip
        model = small(sizes=sizes).models["Small"]
        cases.append([model, int(rng.integers(1, 500)), int(rng.integers(1, 9)), int(rng.choice([1, 2, 4]))])
    here = run_node("cache", "v.cases.map((one) => m.cacheCosts(...one))", cases=cases)
    for case, costs in zip(cases, here, strict=True):
        wanted = cache_costs(*case)
        assert costs["again"] == (case[1] if case[0]["window"] is None else min(case[1], reach(case[0])))
        spelled = {"all_anew": "allAnew", "per_token": "perToken"}
        assert wanted == {name: costs[spelled.get(name, name)] for name in wanted}


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(bill())
    assert said.startswith(
        "CacheViewer: Bill: GPT-2 small, 12 of 12 heads answer; word 1,024 of one text costs 142,406,"
    )
    assert "holds 75,497,472 bytes, larger from word 6,752 on" in said
    assert "3 of 12 heads answer, window 1024; word 16,384 of 16 texts" in repr(many())


@pytest.mark.parametrize("make", [bill, small, many])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"cache_static_{it.title}.png").write_bytes(png)


def test_joined_javascript_is_one_module():
    assert len(one_module("cache").encode()) < 80_000


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    with opened(browser, tmp_path / "page.html", [bill(), small(), many()], **getattr(request, "param", {})) as page:
        yield page


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, also=["select", "canvas", "b", "span"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"cache_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_heads_window_bits_and_texts_change_the_bill(bare):
    root = viewer(bare, "Bill")
    answer, sums = root.locator("[data-role=answer]"), root.locator("[data-role=sums]")
    says(answer, "With the cache this word costs 142 million multiplications, without 96.7 billion: 679 times as much.")
    root.locator("[data-role=kv-heads]").select_option("3 groups")
    is_now(bare, "kv_heads", 3)
    says(sums, f"= {bill(kv_heads=3).costs['bytes']:,} bytes")
    root.locator("[data-role=window]").select_option("256")
    root.locator("[data-role=bits]").select_option("16 bits")
    root.locator("[data-role=batch]").fill("3")
    is_now(bare, "batch", 8)
    wanted = bill(kv_heads=3, window=256, bytes_per_number=2, batch=8)
    says(sums, f"256 words in the window × 8 texts × 2 bytes = {wanted.costs['bytes']:,} bytes")
    says(answer, "beyond the window it grows no more")
    root.locator("[data-role=model]").select_option("The course's GPT")
    is_now(bare, "kv_heads", 4)
    assert trait(bare, "window") == 128 and trait(bare, "batch") == 8


@pytest.mark.browser
def test_words_beside_the_marks_stand_apart(bare):
    root, texts = viewer(bare, "Bill"), "all => all.map((one) => one.textContent)"
    labels = root.locator("[data-role=work] [data-label]")
    for length in (1, 2, 3, 4, 1024, 131_072):
        bare.evaluate("(n) => models[0].set('length', n)", length)
        says(root.locator("[role=status]"), f"word {length:,} of one text")
        assert "1 words" not in root.text_content() and len(labels.evaluate_all(texts)) == 2
        step, anew = (place(labels.nth(k)) for k in (0, 1))
        across = step["x"] + step["width"] > anew["x"] and anew["x"] + anew["width"] > step["x"]
        assert not across or anew["y"] + anew["height"] < step["y"], f"at {length} words"


@pytest.mark.browser
def test_the_status_follows_while_it_writes(bare):
    root = viewer(bare, "Bill")
    press(bare, root, "Home")
    says(root.locator("[role=status]"), "word 1 of one text")
    press(bare, root, " ")
    bare.wait_for_function(
        "() => { const said = models[0].get('length') > 1 && document.querySelector('.mtm [role=status]').textContent;"
        " return said && !said.includes('word 1 of') && document.querySelector('.mtm .stage').ariaLabel === said"
        " && document.querySelector('.mtm [data-role=play]').textContent === 'Pause'; }"
    )
    press(bare, root, " ")
    bare.wait_for_function(
        "() => document.querySelector('.mtm [role=status]').textContent"
        ".includes(`word ${models[0].get('length').toLocaleString('en')} of`)"
    )


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"width": 1000}], indirect=True)
def test_the_controls_stand_in_one_row(bare):
    for root in bare.locator(".mtm").all():
        boxes = [place(one) for one in root.locator(".choices button, .choices select:visible").all()]
        assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 5, boxes


@pytest.mark.browser
def test_keys_the_slider_and_the_plot_change_the_length(bare):
    root = viewer(bare, "Bill")
    press(bare, root, "ArrowRight", "ArrowUp", "g", "w", "b")
    is_now(bare, "bytes_per_number", 2)
    assert [trait(bare, name) for name in ("length", "batch", "kv_heads", "window")] == [1536, 2, 6, 64]
    press(bare, root, "Home")
    says(root.locator("[data-role=answer]"), "The first word costs ")
    press(bare, root, " ")
    bare.wait_for_function("() => models[0].get('length') > 2")
    press(bare, root, " ")
    says(root.locator("[data-role=play]"), "Write")
    root.locator("[data-role=length]").fill("20")
    is_now(bare, "length", 1536)
    box = place(root.locator("[data-role=memory]"))
    across = np.log10(4096) / np.log10(131072) * (box["width"] - 72)
    bare.mouse.click(box["x"] + 62 + across, box["y"] + 60)
    is_now(bare, "length", 4096)
    bare.evaluate("() => { models[0].set('length', 5); }")
    says(root.locator("[role=status]"), "word 5 of 2 texts")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True)
def test_a_finger_chooses_a_length(bare):
    root = viewer(bare, "Bill")
    box = place(root.locator("[data-role=work]"))
    bare.touchscreen.tap(box["x"] + 62 + 0.5 * (box["width"] - 72), box["y"] + 80)
    is_now(bare, "length", 384)
