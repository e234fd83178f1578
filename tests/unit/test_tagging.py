import pytest
import torch
from torch import nn

from seqmodels.datasets import Code, SourceFile
from seqmodels.layer import Bidirectional
from seqmodels.lstm import LSTM
from seqmodels.tagging import Tagger, pieces, random_pieces, tag_loss

FILES = [SourceFile("one", "abcabcab", "nnfnnfnn", "train"), SourceFile("two", "cbacba", "sskkss", "train")]
SMALL = Code(tuple(FILES))


class Same(nn.Module):
    """Writes what it reads."""

    input_size = output_size = 4

    def forward(self, x):
        return x, None


def test_a_tagger_that_waits_says_of_a_character_what_it_says_at_once_d_characters_later():
    torch.manual_seed(0)
    at_once, tokens = Tagger(7, 3, LSTM(4, 5)), torch.randint(7, (2, 9))
    later = Tagger(7, 3, at_once.layer, delay=2)
    later.load_state_dict(at_once.state_dict())
    assert later(tokens).shape == (2, 9, 3)
    torch.testing.assert_close(later(tokens)[:, :7], at_once(tokens)[:, 2:], rtol=0, atol=1e-6)


def test_behind_the_end_it_reads_a_token_of_its_own():
    tagger = Tagger(7, 3, Same(), delay=2)
    ends = tagger.head(tagger.embedding.weight[7])
    said = tagger(torch.zeros(1, 5, dtype=torch.int64))[0]
    torch.testing.assert_close(said[3:], ends.expand(2, 3))
    torch.testing.assert_close(said[:3], tagger.head(tagger.embedding.weight[0]).expand(3, 3))
    with pytest.raises(ValueError, match="delay: expected 0 or more characters, got -1"):
        Tagger(7, 3, Same(), delay=-1)


def test_only_with_both_directions_the_end_changes_what_is_said_of_the_beginning():
    torch.manual_seed(0)
    tokens = torch.randint(7, (1, 9))
    other = torch.cat([tokens[:, :8], (tokens[:, 8:] + 1) % 7], 1)
    for layer, changes in ((LSTM(4, 5), False), (Bidirectional(LSTM(4, 5), LSTM(4, 5)), True)):
        tagger = Tagger(7, 3, layer)
        assert (tagger(tokens)[0, 0] != tagger(other)[0, 0]).any().item() is changes


def test_pieces_follow_each_other_within_their_file():
    tokens, tags = pieces(FILES, SMALL, 3)
    assert [SMALL.vocabulary.decode(row) for row in tokens] == ["abc", "abc", "cba", "cba"]
    names = [[SMALL.tags[k] for k in row] for row in tags]
    assert names[0] == ["name", "name", "call"] and names[2] == ["string", "string", "keyword"]


def test_random_pieces_come_from_every_place_of_every_file_and_from_nowhere_else():
    batches = random_pieces(FILES, SMALL, 50, 3, torch.Generator().manual_seed(0))
    drawn = [pair for _ in range(4) for pair in zip(*next(batches), strict=True)]
    seen = {(SMALL.vocabulary.decode(x), tuple(y.tolist())) for x, y in drawn}
    allowed = {(f.text[a : a + 3], tuple(SMALL.tag_ids(f.tags[a : a + 3]).tolist()))
               for f in FILES for a in range(len(f.text) - 2)}  # fmt: skip
    assert seen == allowed
    again = random_pieces(FILES, SMALL, 50, 3, torch.Generator().manual_seed(0))
    first = random_pieces(FILES, SMALL, 50, 3, torch.Generator().manual_seed(0))
    assert torch.equal(next(again)[0], next(first)[0])


def test_the_loss_is_the_mean_surprise_at_each_tag():
    tagger = Tagger(7, 3, Same())
    tokens, tags = torch.randint(7, (2, 5)), torch.randint(3, (2, 5))
    p = tagger(tokens).softmax(-1)
    each = [-p[b, t, tags[b, t]].log() for b in range(2) for t in range(5)]
    torch.testing.assert_close(tag_loss(tagger, (tokens, tags)), sum(each) / 10, rtol=0, atol=1e-6)
