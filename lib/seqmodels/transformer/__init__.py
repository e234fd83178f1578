"""The Transformer: attention, a small network at every place, and a road around both. Vaswani and others (2017).

blocks   `FeedForward`, `TransformerBlock` with its norm before or after, and `TransformerStack`, blocks one above
         the other: all that GPT, BERT, T5 and the Transformer itself are made of
encoder_decoder   what every model with two halves does alike, T5 too
model    `Transformer`: an encoder that reads, a decoder that writes
recipe   how it was trained: `noam_schedule`, `label_smoothing`, `SmoothedLoss`

x  (B, T, D) the residual stream: what every block reads and adds to      D  d_model      F  d_ff
"""

from seqmodels.transformer.blocks import FeedForward, TransformerBlock, TransformerStack
from seqmodels.transformer.model import Transformer
from seqmodels.transformer.recipe import SmoothedLoss, label_smoothing, noam_schedule

__all__ = ["FeedForward", "TransformerBlock", "TransformerStack", "Transformer", "noam_schedule", "label_smoothing",
           "SmoothedLoss"]  # fmt: skip
