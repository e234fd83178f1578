"""Nested tuples of tensors: the form of every state, and of what a scan combines."""

import torch


def map_state(f, state, *others):
    """Do the same to every tensor of a state: detach it, move it, take some of its sequences.

    `map_state(lambda leaf: leaf[best], state)` keeps the sequences `best`, in that order (beam search). With several
    states of the same form, f gets one tensor of each. Named tuples stay what they are. ValueError for anything that
    is no nested tuple of tensors.
    """
    if isinstance(state, torch.Tensor):
        return f(state, *others)
    if not isinstance(state, tuple):
        raise ValueError(f"state: expected nested tuples of tensors, got {type(state).__name__}")
    parts = [map_state(f, *branches) for branches in zip(state, *others, strict=True)]
    return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)


def leaves(state) -> list:
    """All tensors of a state, from left to right."""
    return [leaf for part in state for leaf in leaves(part)] if isinstance(state, tuple) else [state]
