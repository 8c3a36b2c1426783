package io.github.repvgg4j.serve.batch;

/** What one worker does next. */
sealed interface Work permits Batch, Decoding {}
