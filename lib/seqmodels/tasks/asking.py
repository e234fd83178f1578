"""What every task asks of its arguments."""


def check_count(name, value, least=1):
    """ValueError unless the value is a whole number, `least` or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: expected a whole number, {least} or more, got {value!r}")
