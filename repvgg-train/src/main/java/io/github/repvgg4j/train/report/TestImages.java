package io.github.repvgg4j.train.report;

import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.set.ImageSplit;
import java.util.List;
import java.util.Set;

/**
 * The images that a network was tested on.
 *
 * @param split as the evaluation went through it
 * @param bad names of those that were passed over
 * @param preprocessor of the network
 * @param labels the network's outputs in order
 * @param trained images of each class that the network learned from
 */
@SuppressWarnings("ArrayRecordComponent")
public record TestImages(
    ImageSplit split,
    Set<String> bad,
    ImagePreprocessor preprocessor,
    List<String> labels,
    int[] trained) {}
