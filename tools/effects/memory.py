"""Measure what N numbers keep of a past, for lesson 07_1, into data/effects/07_1.json.

    python -m tools.effects.memory             (about a minute on one core)
    python -m tools.effects.memory orders      only one part; or: digits, methods, recall, series

`orders`: five tunes (the sopranos of test chorales, one after the other), five held-out tales (where their vowels are,
and what is said aloud) and the sunspots of 309 years, read to the end and rebuilt from N numbers; the error is the root
of the mean square, divided by the spread of the signal. There is no chance in it, the spread is that of the pieces. The
rivals are treated kindly: `averages` are told the length beforehand, the ladder of leaky averages is given, for every
piece and every N, the best of 168 choices on that very piece, and the best linear reading of what it holds; everything
is stored with the digits of a float32, and `ladder in float64` with twice as many.
`digits`: one fixed ladder of 64 for all pieces, computed, stored and read with 400 digits.
`methods`: five waves with a whole number of cycles and a random phase. `recall`: the letters of held-out tales as six
signals of -1 and 1, read back where the recall places have their source.
"""

import numpy as np

from seqmodels.datasets import saltmere
from seqmodels.datasets.music import chorales
from seqmodels.hippo import legendre, project, reconstruct
from tools.effects import measure_parts

LENGTH, PIECES, ORDERS = 1000, 5, (4, 8, 16, 32, 64, 128)
MIDDLE = 71  # the B in the middle of a treble staff
# Yearly sunspot numbers, 1700 to 2008, National Geophysical Data Center; public domain
SUNSPOTS = """
    5 11 16 23 36 58 29 20 10 8 3 0 0 2 11 27 47 63 60 39 28 26 22 11 21 40 78 122 103 73 47 35 11 5 16 34 70 81 111 101
    73 40 20 16 5 11 22 40 60 80.9 83.4 47.7 47.8 30.7 12.2 9.6 10.2 32.4 47.6 54 62.9 85.9 61.2 45.1 36.4 20.9 11.4
    37.8 69.8 106.1 100.8 81.6 66.5 34.8 30.6 7 19.8 92.5 154.4 125.9 84.8 68.1 38.5 22.8 10.2 24.1 82.9 132 130.9 118.1
    89.9 66.6 60 46.9 41 21.3 16 6.4 4.1 6.8 14.5 34 45 43.1 47.5 42.2 28.1 10.1 8.1 2.5 0 1.4 5 12.2 13.9 35.4 45.8
    41.1 30.1 23.9 15.6 6.6 4 1.8 8.5 16.6 36.3 49.6 64.2 67 70.9 47.8 27.5 8.5 13.2 56.9 121.5 138.3 103.2 85.7 64.6
    36.7 24.2 10.7 15 40.1 61.5 98.5 124.7 96.3 66.6 64.5 54.1 39 20.6 6.7 4.3 22.7 54.8 93.8 95.8 77.2 59.1 44 47 30.5
    16.3 7.3 37.6 74 139 111.2 101.6 66.2 44.7 17 11.3 12.4 3.4 6 32.3 54.3 59.7 63.7 63.5 52.2 25.4 13.1 6.8 6.3 7.1
    35.6 73 85.1 78 64 41.8 26.2 26.7 12.1 9.5 2.7 5 24.4 42 63.5 53.8 62 48.5 43.9 18.6 5.7 3.6 1.4 9.6 47.4 57.1 103.9
    80.6 63.6 37.6 26.1 14.2 5.8 16.7 44.3 63.9 69 77.8 64.9 35.7 21.2 11.1 5.7 8.7 36.1 79.7 114.4 109.6 88.8 67.8 47.5
    30.6 16.3 9.6 33.2 92.6 151.6 136.3 134.7 83.9 69.4 31.5 13.9 4.4 38 141.7 190.2 184.8 159 112.3 53.9 37.6 27.9 10.2
    15.1 47 93.8 105.9 105.5 104.5 66.6 68.9 38 34.5 15.5 12.6 27.5 92.5 155.4 154.6 140.4 115.9 66.6 45.9 17.9 13.4
    29.4 100.2 157.6 142.6 145.7 94.3 54.6 29.9 17.5 8.6 21.5 64.3 93.3 119.6 111 104 63.7 40.4 29.8 15.2 7.5 2.9
"""


def pieces():
    """Signals (pieces, T) by name."""
    soprano = np.concatenate([chorale.voices[:, 0].numpy() for chorale in chorales(4).test])
    sung = soprano[soprano > 0][: LENGTH * PIECES].reshape(PIECES, LENGTH) - MIDDLE
    tales = [tale[:LENGTH].lower() for tale in saltmere().held_out[:PIECES]]
    return {
        "tune": sung.astype(float),
        "vowels": np.array([[letter in "aeiou" for letter in tale] for tale in tales], float),
        "said aloud": np.array([np.cumsum([letter == '"' for letter in tale]) % 2 for tale in tales], float),
        "sunspots": np.array([[float(number) for number in SUNSPOTS.split()]]),
    }


def error(held, signal):
    """Root of the mean square, in parts of the signal's own spread: 1 for who knows only the mean."""
    return np.sqrt(np.mean((held - signal) ** 2, -1)) / signal.std(-1)


# ---------------------------------------------------------------- the rivals: signals (P, T) -> what is held (P, T)


def legs(signals, n, method="zoh"):
    last = np.float32(project(signals, n, method=method)[:, -1])
    return reconstruct(last, signals.shape[1])


def last_samples(signals, n):
    """The last n - 1 as they were, and one number, the mean of all before them."""
    held = np.repeat(signals[:, : 1 - n].mean(1, keepdims=True), signals.shape[1], axis=1)
    held[:, 1 - n :] = signals[:, 1 - n :]
    return held


def averages(signals, n):
    """n stretches as long as each other; needs to know the length before it begins."""
    return averages_of(signals, np.arange(signals.shape[1]) * n // signals.shape[1])


def merged_averages(signals, n):
    """n stretches; when one more is needed, two neighbours become one: the oldest of the narrowest pairs."""
    widths = []
    for _ in range(signals.shape[1]):
        widths.append(1)
        if len(widths) > n:
            i = int(np.argmin(np.add(widths[:-1], widths[1:])))
            widths[i : i + 2] = [widths[i] + widths[i + 1]]
    return averages_of(signals, np.repeat(np.arange(len(widths)), widths))


def averages_of(signals, stretch):
    return np.stack([np.bincount(stretch, row) / np.bincount(stretch) for row in signals])[:, stretch]


def ladder(signals, n, digits=np.float32):
    """n leaky averages with half-lives in equal ratios: the best of 168 ladders for each piece."""
    length = signals.shape[1]
    ages, best, least = np.arange(length)[::-1], np.zeros_like(signals), np.full(len(signals), np.inf)
    for slowest in length * np.array([1 / 8, 1 / 4, 1 / 2, 1, 2, 4]):
        for fastest in (0.5, 1, 2, 4, 8, 16, 32):
            kernels = 0.5 ** (ages / np.geomspace(fastest, slowest, n)[:, None])
            kernels /= kernels.sum(1, keepdims=True)
            kept = digits(signals @ kernels.T).astype(float)  # (P, n): what the ladder holds
            left, values, right = np.linalg.svd(kernels, full_matrices=False)
            for ridge in (1e-28, 1e-20, 1e-14, 1e-8):
                weigh = values / (values**2 + ridge * values[0] ** 2)
                held = kept @ left * weigh @ right
                better = error(held, signals) < least
                best[better], least[better] = held[better], error(held, signals)[better]
    return best


RIVALS = {
    "LegS": legs,
    "LegS, bilinear": lambda signals, n: legs(signals, n, "bilinear"),
    "last samples": last_samples,
    "averages": averages,
    "merged averages": merged_averages,
    "ladder": ladder,
    "ladder in float64": lambda signals, n: ladder(signals, n, np.float64),
}


def orders():
    rows = []
    for name, signals in pieces().items():
        for rival, hold in RIVALS.items():
            for n in ORDERS:
                found = error(hold(signals, n), signals)
                rows.append({"signal": name, "memory": rival, "n": n, "errors": found.tolist()})
        yield {"length": LENGTH, "pieces": PIECES, "rows": rows}


def digits():
    """64 leaky averages with half-lives of 8 to 1,000 samples, the best linear reading, all with 400 digits."""
    functions, rows = many_digits(64, LENGTH), []
    for name in ("tune", "said aloud"):
        signals = pieces()[name]
        found = error(signals @ functions.T @ functions, signals)
        rows.append({"signal": name, "digits": 400, "n": 64, "errors": found.tolist()})
    yield {"half-lives": [8, 1000], "rows": rows}


def many_digits(n, length):
    """(n, T) functions at right angles, of length 1, that span what the ladder holds: L⁻¹ K, where K Kᵀ = L Lᵀ."""
    import mpmath

    with mpmath.workdps(400):
        rates = [mpmath.mpf(2) ** (-1 / (8 * mpmath.mpf(125) ** (mpmath.mpf(i) / (n - 1)))) for i in range(n)]
        products = [[(1 - (a * b) ** length) / (1 - a * b) for b in rates] for a in rates]  # K Kᵀ
        lower = mpmath.cholesky(mpmath.matrix(products)).tolist()
        functions, kernels = np.zeros((n, length)), [mpmath.mpf(1)] * n
        for age in range(length):
            held = []
            for row, kernel in zip(lower, kernels, strict=True):
                i = len(held)
                held.append((kernel - mpmath.fdot(row[:i], held)) / row[i])
            functions[:, length - 1 - age] = [float(value) for value in held]
            kernels = [kernel * rate for kernel, rate in zip(kernels, rates, strict=True)]
    return functions


def methods():
    """Seven cycles and half as much of seventeen, N = 64: the error at the end, and the largest number on the way."""
    rows = []
    for length in (500, 1000, 4000, 16000):
        for method in ("euler", "bilinear") + ("zoh",) * (length <= 4000):
            phases = np.random.default_rng(0).uniform(0, 1, (5, 2, 1))
            x = (np.arange(length) + 0.5) / length
            waves = np.sin(2 * np.pi * (7 * x + phases[:, 0])) + 0.5 * np.sin(2 * np.pi * (17 * x + phases[:, 1]))
            memory = project(waves, 64, method=method)
            found = error(reconstruct(memory[:, -1], length), waves)
            rows.append({"length": length, "method": method, "errors": found.tolist(),
                         "largest": [float(f"{value:.3g}") for value in np.abs(memory).max((1, 2))]})  # fmt: skip
        yield {"n": 64, "seeds": [0], "rows": rows}


def recall():
    """Six signals of -1 and 1, the bits of each letter; N numbers for each. Read back at the source of each place."""
    book, rows = saltmere(), []
    places = [place for place in book.recall if book.tales[place.tale].split == "heldout"]
    for n in (64, 256, 1024):
        right, letters, filled = 0, 0, 0
        for place in places:
            text = book.tales[place.tale].text
            source = place.offset - place.distance
            before = book.vocabulary.encode(text[: place.offset]).numpy()
            bits = 2.0 * (before[:, None] >> np.arange(6) & 1) - 1  # (T, 6)
            length, span = len(before), slice(source, source + len(place.word))
            functions = exact(length, n)
            held = legendre(n, (np.arange(length)[span] + 0.5) / length) @ (functions.T @ bits)
            said = ((held > 0) << np.arange(6)).sum(1)
            hits = said == before[span]
            right, letters, filled = right + int(hits.sum()), letters + len(hits), filled + bool(hits.all())
        rows.append({"n": n, "numbers": 6 * n, "places": len(places), "filled": filled, "letters": letters,
                     "right": right})  # fmt: skip
        yield {"rows": rows}


def exact(length, n):
    """(T, n): by how much each sample is in each coefficient of LegS: what `project` with zoh holds, at once.

    The integral of P_m is (P_{m+1} - P_{m-1}) / (2m + 1).
    """
    edges = np.polynomial.legendre.legvander(2 * np.arange(length + 1) / length - 1, n)
    before = np.column_stack([np.zeros(length + 1), edges[:, : n - 1]])
    return np.diff(edges[:, 1:] - before, axis=0) / (2 * np.sqrt(2 * np.arange(n) + 1))


def series():
    yield {"sunspots": pieces()["sunspots"][0].tolist(), "first year": 1700}


if __name__ == "__main__":
    measure_parts("07_1", "memory", [orders, digits, methods, recall, series], __doc__)
