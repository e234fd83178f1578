"""A wrong line in the library is noticed: by its unit test, and by the lesson that teaches it.

Each mutation is made in a copy of the course, where the unit test and then the whole lesson must turn red.
Without it the same copy is green, so the red is the mutation's doing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tools.build import build
from tools.notebook import ROOT, CourseError, find_sources


@dataclass(frozen=True)
class Mutation:
    """One line of lib/ made wrong: where, what it says, what it then says, and who must notice."""

    file: str
    old: str
    new: str
    unit: str
    lesson: str

    def __str__(self):
        return f"{self.file.rpartition('/')[2]}: {self.new.strip()}"


MUTATIONS = [
    Mutation(
        file="seqmodels/markov.py",
        old="return first @ np.linalg.matrix_power(self.transition, steps)",
        new="return np.linalg.matrix_power(self.transition, steps) @ first",
        unit="tests/unit/test_markov.py",
        lesson="01_1",
    ),
    Mutation(
        file="seqmodels/markov.py",
        old="return float(self.stationary() @ (p * surprise).sum(1))",
        new="return float(self.initial @ (p * surprise).sum(1))",
        unit="tests/unit/test_markov.py",
        lesson="01_1",
    ),
    Mutation(
        file="seqmodels/hmm/recursions.py",
        old="beta[t] = transition @ explained / scale[t + 1]",
        new="beta[t] = transition @ explained * scale[t + 1]",
        unit="tests/unit/test_hmm.py",
        lesson="01_2",
    ),
    Mutation(
        file="seqmodels/hmm/batch.py",
        old="predicted = into @ filtered[t - 1, :, :n]",
        new="predicted = transition @ filtered[t - 1, :, :n]",
        unit="tests/unit/test_hmm.py",
        lesson="01_2",
    ),
    Mutation(
        file="seqmodels/ngram.py",
        old="return (np.maximum(count - d, 0) + d * kinds * shorter) / total",
        new="return (np.maximum(count + d, 0) + d * kinds * shorter) / total",
        unit="tests/unit/test_ngram.py",
        lesson="01_3",
    ),
    Mutation(
        file="seqmodels/recurrent.py",
        old="torch.addmm(from_input, h, self.weight_hidden.t())",
        new="torch.addmm(from_input, h, self.weight_hidden)",
        unit="tests/unit/test_recurrent.py",
        lesson="02_1",
    ),
    Mutation(
        file="seqmodels/backprop.py",
        old="errors[t] += U.T @ (errors[t + 1] * (1 - h[t + 1] ** 2))",
        new="errors[t] += U.T @ (errors[t + 1] * (1 - h[t] ** 2))",
        unit="tests/unit/test_backprop.py",
        lesson="02_2",
    ),
    Mutation(
        file="seqmodels/hopfield.py",
        old="np.fill_diagonal(self._counts, 0)",
        new="pass",
        unit="tests/unit/test_hopfield.py",
        lesson="02_3",
    ),
    Mutation(
        file="seqmodels/lstm.py",
        old="c = self.cell_state(f * c + i * g)",
        new="c = self.cell_state(f * c - i * g)",
        unit="tests/unit/test_lstm.py",
        lesson="03_1",
    ),
    Mutation(
        file="seqmodels/gru.py",
        old="self.hidden(n + z * (h - n))",
        new="self.hidden(n - z * (h - n))",
        unit="tests/unit/test_gru.py",
        lesson="03_2",
    ),
    Mutation(
        file="seqmodels/layer.py",
        old="self.backward_layer(reverse(x, lengths), from_right",
        new="self.backward_layer(x, from_right",
        unit="tests/unit/test_layer.py",
        lesson="03_3",
    ),
    Mutation(
        file="seqmodels/ctc/loss.py",
        old="gradient = checked.exp() - gamma @ is_class",
        new="gradient = checked.exp() + gamma @ is_class",
        unit="tests/unit/test_ctc.py",
        lesson="04_1",
    ),
    Mutation(
        file="seqmodels/seq2seq/model.py",
        old="previous = torch.cat([torch.full_like(target[:, :1], BEGIN), target[:, :-1]], 1)",
        new="previous = target",
        unit="tests/unit/test_seq2seq.py",
        lesson="04_2",
    ),
    Mutation(
        file="seqmodels/attention_scores.py",
        old="torch.tanh(from_query + _as_queries(keys, query))",
        new="torch.tanh(from_query - _as_queries(keys, query))",
        unit="tests/unit/test_attention_scores.py",
        lesson="04_3",
    ),
    Mutation(
        file="seqmodels/tcn.py",
        old="kernel_size, 2**i, dropout",
        new="kernel_size, i + 1, dropout",
        unit="tests/unit/test_tcn.py",
        lesson="05_1",
    ),
    Mutation(
        file="seqmodels/wavenet.py",
        old="g.sigmoid())  # (5.2.2)",
        new="g.tanh())  # (5.2.2)",
        unit="tests/unit/test_wavenet.py",
        lesson="05_2",
    ),
    Mutation(
        file="seqmodels/attention/formula.py",
        old="scale = query.shape[-1] ** -0.5",
        new="scale = query.shape[-1] ** 0.5",
        unit="tests/unit/test_attention.py",
        lesson="06_1",
    ),
    Mutation(
        file="seqmodels/positions.py",
        old="first * sin + second * cos  # (6.2.3)",
        new="first * sin - second * cos  # (6.2.3)",
        unit="tests/unit/test_positions.py",
        lesson="06_2",
    ),
    Mutation(
        file="seqmodels/transformer/blocks.py",
        old="x = x + (self.dropout(y) if self.training else y)",
        new="x = x - (self.dropout(y) if self.training else y)",
        unit="tests/unit/test_transformer.py",
        lesson="06_3",
    ),
    Mutation(
        file="seqmodels/decoding.py",
        old="mass_before = probabilities.cumsum(-1) - probabilities",
        new="mass_before = probabilities.cumsum(-1)",
        unit="tests/unit/test_decoding.py",
        lesson="06_5",
    ),
    Mutation(
        file="seqmodels/efficient_attention/online.py",
        old="total = shrink * total + weights.sum(-1)",
        new="total = total + weights.sum(-1)",
        unit="tests/unit/test_efficient_attention.py",
        lesson="06_6",
    ),
    Mutation(
        file="seqmodels/objectives.py",
        old="torch.where(chosen & (how < SHOWN_AS_MASK), mask, tokens)",
        new="torch.where(chosen & (how > SHOWN_AS_MASK), mask, tokens)",
        unit="tests/unit/test_objectives.py",
        lesson="06_4",
    ),
    Mutation(
        file="seqmodels/hippo.py",
        old="return half @ (identity + z / 2)",
        new="return half @ (identity - z / 2)",
        unit="tests/unit/test_hippo.py",
        lesson="07_1",
    ),
    Mutation(
        file="seqmodels/continuation.py",
        old="manual_seed(seed)",
        new="manual_seed(0)",
        unit="tests/unit/test_continuation.py",
        lesson="00_1",
    ),
    Mutation(
        file="seqmodels/linear_recurrence/delta.py",
        old="return outer(strength * key, value - answer)",
        new="return outer(strength * key, value + answer)",
        unit="tests/unit/test_linear_recurrence.py",
        lesson="08_2",
    ),
    Mutation(
        file="seqmodels/s4/kernels.py",
        old="far = powers(near[..., -1] * base, length // self.side + 1)",
        new="far = powers(near[..., -1], length // self.side + 1)",
        unit="tests/unit/test_s4_kernels.py",
        lesson="07_2",
    ),
    Mutation(
        file="seqmodels/mamba/scan.py",
        old="later = decay[0] * g[0]",
        new="later = g[0]",
        unit="tests/unit/test_selective_scan.py",
        lesson="08_1",
    ),
    Mutation(
        file="seqmodels/jamba/experts.py",
        old="if self.renormalise else weights",
        new="if not self.renormalise else weights",
        unit="tests/unit/test_experts.py",
        lesson="08_3",
    ),
]


@pytest.fixture
def copy(tmp_path):
    """The course in a folder of its own: library, data, lessons, unit tests, the layers and benchmarks these borrow."""
    for name in ("lib", "data", "chapters", "tests/unit", "tests/property", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb"))
    for name in ("course.py", "pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run_unit_test(course, unit):
    """(whether it passed, its output) of one unit test file in the copy."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", unit],
        cwd=course,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return run.returncode == 0, run.stdout


def run_lesson(course, lesson):
    """What stopped the lesson in the copy; None if it ran to its end."""
    [source] = find_sources([lesson], course / "chapters")
    try:
        build(source, report=lambda line: None)
    except CourseError as error:
        return str(error)
    return None


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_mutation_turns_the_unit_test_and_the_lesson_red(copy, mutation):
    path = copy / "lib" / mutation.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mutation.old) == 1, f"{mutation.file} no longer has the line {mutation.old!r} once"
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    passed, _ = run_unit_test(copy, mutation.unit)
    assert not passed, f"{mutation.unit} did not notice: {mutation.new}"
    stopped = run_lesson(copy, mutation.lesson)
    assert stopped and "AssertionError" in stopped, f"lesson {mutation.lesson} did not notice {mutation.new}: {stopped}"


@pytest.mark.slow
@pytest.mark.parametrize("unit, lesson", sorted({(m.unit, m.lesson) for m in MUTATIONS}))
def test_without_a_mutation_all_is_green(copy, unit, lesson):
    passed, output = run_unit_test(copy, unit)
    assert passed, output
    assert run_lesson(copy, lesson) is None
