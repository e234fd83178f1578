"""What an output of stacked causal convolutions can see: the numbers of its text and its static picture."""


def roads_to_output(layers):
    """Level by level, the inputs first: {steps back: number of roads to the output}. layers: the lowest first."""
    levels = [{0: 1}]
    for kernel_size, dilation in reversed(layers):
        below = {}
        for back, roads in levels[0].items():
            for j in range(kernel_size):
                below[back + j * dilation] = below.get(back + j * dilation, 0) + roads
        levels.insert(0, below)
    return levels


def field_and_holes(layers):
    """(How many steps from the oldest input that is seen to the newest, steps back that are not seen in between)."""
    seen = roads_to_output(layers)[0]
    field = max(seen) + 1
    return field, [back for back in range(field) if back not in seen]


def inputs_for(shares, part):
    """How many of the largest shares make up this part of the whole."""
    total, count = 0.0, 0
    for share in sorted(shares, reverse=True):
        if total >= part - 1e-9:
            break
        total, count = total + share, count + 1
    return count
