"""The models of the course, from Markov chains to Mamba, written to be read.

The floors, each built only on those below it:

    runtime          where we run: seeds, device, progress bar
    scan             the recurrence that runs under everything
    probes, trace    looking inside: record, intervene
    layer            the contract: sequences of vectors in, sequences of vectors out
                     (nested: states; padding: sequences of different lengths; checks: bad input)
    …                the families of models, one module each
    language_model   from token ids to the logits of the next token
    decoding         writing: sampling, beam search
    training         learning
    metrics          judging

Shapes are batch first, (B, T, D); token ids are int64; likelihoods are natural logarithms.
"""
