import pytest

from tools.code_tags import tags

CASES = {
    "if x:  # why\n": "kk no  ccccc ",
    'def f(a):\n    """Six "gulls"."""\n': "kkk fonoo     tttttttttttttttttt ",
    'g = 1.5 == "a b"\n': "n o 111 oo sssss ",
    "f(x).g\n": "fonoon ",
    "r = f'{x} of {y!r}' 'z'\n": "n o sssssssssssssss sss ",
    'x = f"""{a}\nb"""\n': "n o tttttttttttt ",
}


@pytest.mark.parametrize("source", CASES)
def test_every_character_gets_the_tag_of_its_token(source):
    assert tags(source) == CASES[source]
