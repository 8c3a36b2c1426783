package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;

/**
 * What is known of a model.
 *
 * @param metadata labels and provenance
 * @param input shape of one image; empty where the file doesn't say it
 * @param channels of one image; empty where the engine doesn't say it
 * @param classes length of one row of logits
 * @param head what makes answers of logits
 * @param preprocessor how an image becomes the input; empty where the file doesn't say it
 * @param engine who computes, one line
 * @param platform the same as one word
 * @param precision of the convolutions
 * @param convolutions which kernels compute them; empty where there is one way only
 * @param selfCheck what loading found; empty where nothing was recorded
 * @param certificate what the file's certificate claims
 */
public record ModelFacts(
    ModelMetadata metadata,
    Optional<InputShape> input,
    Optional<Integer> channels,
    int classes,
    AnswerFunction head,
    Optional<ImagePreprocessor> preprocessor,
    String engine,
    String platform,
    String precision,
    Optional<Convolutions> convolutions,
    Optional<String> selfCheck,
    Optional<CertificateFacts> certificate) {}
