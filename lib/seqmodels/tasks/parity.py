"""Counting that must never lose its place: the sum of all that came so far, of which only the remainder is asked.

B  sequences      T  steps      m  modulus      generator  a torch.Generator
"""

import torch

from seqmodels.tasks.asking import check_count


def modular_sum(batch_size: int, length: int, generator, *, modulus: int = 5):
    """Random digits and the remainder of their sum so far: x and y (B, T) token ids, int64, both from 0 to m - 1.

        x   3 1 4 0 2 …
        y   3 4 3 3 0 …     y_t = (x_0 + … + x_t) mod 5

    Digits are independent and equally likely. So y_t cannot be told from any other places than all of them: to whom one
    digit is unknown, or the order of none but their number, every remainder is equally likely, and right 1 time in m.
    Held by tests/unit/test_parity.py.
    """
    for name, value, least in (("batch_size", batch_size, 1), ("length", length, 1), ("modulus", modulus, 2)):
        check_count(name, value, least=least)
    x = torch.randint(0, modulus, (batch_size, length), generator=generator)
    return x, x.cumsum(1) % modulus


def parity(batch_size: int, length: int, generator):
    """Random bits, and whether the ones so far are odd in number: `modular_sum` with modulus 2, x and y (B, T).

    One bit of memory is enough: y_t = y_{t-1} if x_t is 0, and the other one if it is 1.
    Held by tests/unit/test_parity.py.
    """
    return modular_sum(batch_size, length, generator, modulus=2)
