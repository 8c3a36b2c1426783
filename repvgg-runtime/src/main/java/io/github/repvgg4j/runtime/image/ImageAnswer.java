package io.github.repvgg4j.runtime.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.answer.TopClass;
import java.util.List;

/**
 * What is said of one image.
 *
 * @param image its name or path
 * @param top the likeliest classes, likeliest first; null where the image is bad
 * @param error what is wrong with the image, one line that names it; null where nothing is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageAnswer(String image, List<TopClass> top, String error) {}
