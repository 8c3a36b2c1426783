package io.github.repvgg4j.train.report;

import io.github.repvgg4j.model.head.PooledHead;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.report.Mistakes.Mistake;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * What a trained network says for itself: which classes it knows, where it errs, which branches
 * carry it.
 */
@SuppressWarnings("exports")
public record ModelFindings(
    ClassResults classes, List<Mistake> mistakes, List<BranchShares> branches) {

  /**
   * @param graph training form, only read
   * @param evaluation of that graph
   */
  public static ModelFindings of(
      ComputationGraph graph, RepVggSpec spec, Evaluation evaluation, TestImages images)
      throws IOException {
    return new ModelFindings(
        evaluation instanceof Evaluation.OneClass one
            ? ClassResults.of(images.labels(), images.trained(), one.confusion())
            : ClassResults.of(
                images.labels(), images.trained(), (Evaluation.SeveralClasses) evaluation),
        evaluation instanceof Evaluation.OneClass one
            ? Mistakes.of(one, images, PooledHead.of(graph))
            : List.of(),
        BranchShares.of(graph, spec));
  }
}
