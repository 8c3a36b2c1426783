package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.inference.Inference;
import io.github.repvgg4j.serve.metrics.ServeMetrics;
import io.github.repvgg4j.serve.model.ModelStore;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * What answers are made of.
 *
 * @param timer ends what takes too long
 */
public record Services(
    ModelStore models,
    Inference inference,
    ServeMetrics metrics,
    ScheduledThreadPoolExecutor timer) {}
