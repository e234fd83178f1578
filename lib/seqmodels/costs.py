"""What a computation costs, and how the cost grows: memory counted by torch itself, and exponents."""

import weakref

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def peak_bytes(run) -> int:
    """The most memory, in bytes, that tensors made during run() took at any one time.

    Counted as torch makes and frees them, so that it is the same on every machine and at every load. What was there
    before does not count, nor what a kernel needs for itself while it runs; a backward pass inside `run` does.
    Held by tests/unit/test_costs.py to sizes known beforehand.
    """
    with _Counting() as counting:
        result = run()
    del result
    return counting.peak


class _Counting(TorchDispatchMode):
    """Sees the tensors that every operation returns, and is told when their memory is given back."""

    def __init__(self):
        super().__init__()
        self.now, self.peak, self.known = 0, 0, weakref.WeakSet()

    def __torch_dispatch__(self, operation, types, arguments=(), settings=None):
        before = {_place(leaf) for leaf in tree_leaves((arguments, settings)) if isinstance(leaf, torch.Tensor)}
        result = operation(*arguments, **(settings or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and _place(leaf) not in before:  # else a view, or changed in place
                self._count(leaf.untyped_storage())
        return result

    def _count(self, storage):
        if storage not in self.known:
            self.known.add(storage)
            self.now += storage.nbytes()
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self._free, storage.nbytes())

    def _free(self, size):
        self.now -= size


def _place(tensor):
    return tensor.untyped_storage().data_ptr()


def growth_exponent(sizes, costs) -> float:
    """The a of cost ≈ c · sizeᵃ: 1 is linear, 2 quadratic. The least-squares line through the logarithms.

    sizes, costs: as many positive numbers, two different sizes or more. Held by tests/unit/test_costs.py.
    """
    sizes, costs = np.asarray(sizes, float), np.asarray(costs, float)
    if sizes.shape != costs.shape or sizes.ndim != 1 or len(np.unique(sizes)) < 2:
        raise ValueError(f"costs: expected one for each of two or more different sizes, got {costs.shape} costs "
                         f"for sizes {sizes.tolist()}")  # fmt: skip
    for name, values in (("sizes", sizes), ("costs", costs)):
        if not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"{name}: expected numbers above 0, got {values.tolist()}")
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])
