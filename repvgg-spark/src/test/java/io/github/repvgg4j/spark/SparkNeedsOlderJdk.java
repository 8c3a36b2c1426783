package io.github.repvgg4j.spark;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Spark 3.5 logs in by Hadoop's {@code Subject.getSubject}, which throws since JDK 24; registered
 * for all tests of this module.
 */
public final class SparkNeedsOlderJdk implements ExecutionCondition {

  private static final int FIRST_WITHOUT_SUBJECT = 24;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    int java = Runtime.version().feature();
    return java < FIRST_WITHOUT_SUBJECT
        ? ConditionEvaluationResult.enabled("Spark 3.5 runs on JDK " + java)
        : ConditionEvaluationResult.disabled(
            "Spark 3.5 can't log in on JDK " + java + ": Hadoop 3.3 needs JDK 23 or older");
  }
}
