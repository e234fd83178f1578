"""Models that others trained: read from a folder in the published layout, and fetched only when somebody asks.

folder      `PublishedFolder`: config.json and model.safetensors, every setting and every tensor asked for by its name
layouts     from GPT-2's, BERT's and T5's names to ours, which `GPT.from_pretrained(folder)` and its kin use;
            likewise mamba_layout, mamba2_layout and jamba_layout
tokenizer   `published_tokenizer`: text to the ids that such a model was trained on
fetching    `fetch`: the one function of this library that uses a network, when you call it and not before

Nothing here executes what it reads: numbers come from safetensors, settings from JSON. A folder that holds only a
pytorch_model.bin is refused, for that file is a pickle.
"""

from seqmodels.pretrained.fetching import PUBLISHED, Published, fetch
from seqmodels.pretrained.tokenizer import PublishedTokenizer, published_tokenizer

__all__ = ["fetch", "PUBLISHED", "Published", "published_tokenizer", "PublishedTokenizer"]
