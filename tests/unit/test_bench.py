"""The benchmark tool measures what it is given and prints tables that are tables."""

import numpy as np
import pytest
import torch

from tools import bench, bench_hmm, bench_recurrent


def test_a_table_has_a_row_for_each_candidate(monkeypatch):
    clock = [0.0]  # seconds that only the candidates let pass: a busy machine cannot turn this test red
    monkeypatch.setattr(bench.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(bench.time, "process_time", lambda: clock[0])

    def count(size):
        """Adding up numbers"""
        lasting = lambda seconds: lambda: clock.append(clock.pop() + seconds)  # noqa: E731
        return {"sum": lasting(size / 1000), "ten times": lasting(size / 100)}

    lines = bench.table(count, (100, 1000), rounds=3).split("\n")
    assert lines[0] == "### count: Adding up numbers"
    assert [line.split(" | ")[0] for line in lines[4:]] == ["| sum", "| ten times"]
    assert {line.count("|") for line in lines[2:]} == {7}
    assert [line.split(" | ")[1:] for line in lines[4:]] == [
        ["100.0", "1.00", "1000.0", "1.00", "1.00 |"],
        ["1000.0", "10.00", "10000.0", "10.00", "1.00 |"],
    ]


def test_every_round_runs_each_candidate_once():
    order = []
    bench.measure({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b"] * 3  # one round to warm up


def test_unknown_names_are_refused(capsys):
    with pytest.raises(SystemExit):
        bench.main(["nonsense"])
    assert "no benchmark called nonsense; there are scan" in capsys.readouterr().err


def test_all_candidates_of_a_benchmark_run():
    make, _ = bench.BENCHMARKS["scan"]
    results = [run() for run in make(4).values()]
    for decay, drive in results[1:]:
        assert decay.allclose(results[0][0], atol=1e-5) and drive.allclose(results[0][1], atol=1e-5)


@pytest.mark.parametrize("make", bench_hmm.MANY + bench_hmm.LONG)
def test_ours_and_hmmlearns_candidates_do_the_same(make):
    results = [run() for run in make(30).values()]
    assert make.__name__ in bench.BENCHMARKS
    assert results[-1] == pytest.approx(np.asarray(results[0]), rel=1e-9)


@pytest.mark.parametrize("make", bench_recurrent.ALL)
def test_ours_and_torchs_recurrent_layers_do_the_same(make):
    ours, theirs = (run() for run in make(4).values())
    assert make.__name__ in bench.BENCHMARKS
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)
