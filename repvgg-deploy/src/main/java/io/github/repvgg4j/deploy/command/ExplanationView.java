package io.github.repvgg4j.deploy.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.answer.ClassMap;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.deploy.predict.Explainer.Explanation;
import java.util.List;

/** An explained answer as JSON has it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ExplanationView(String image, List<TopClass> top, String error, MapView explanation) {

  /**
   * @param logit of the class: mean of the map, and bias
   * @param map {@code [height][width]}, top row first
   */
  @SuppressWarnings("ArrayRecordComponent")
  record MapView(int index, String label, double logit, double bias, double[][] map) {}

  static ExplanationView of(Explanation explanation) {
    ClassMap map = explanation.map();
    return new ExplanationView(
        explanation.image(),
        explanation.top(),
        null,
        new MapView(
            map.index(), explanation.explained().label(), map.logit(), map.bias(), map.rows()));
  }

  static ExplanationView bad(String image, String error) {
    return new ExplanationView(image, null, error, null);
  }
}
