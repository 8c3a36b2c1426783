package io.github.repvgg4j.answer;

import java.util.stream.DoubleStream;

/** {@code exp(x) / sum exp(x)}, computed from {@code x - max x} so that nothing overflows. */
record Softmax() implements AnswerFunction {

  @Override
  public double[] of(double[] logits) {
    double largest = DoubleStream.of(logits).max().orElse(0);
    double[] answers = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < answers.length; i++) {
      answers[i] = Math.exp(logits[i] - largest);
      sum += answers[i];
    }
    for (int i = 0; i < answers.length; i++) {
      answers[i] /= sum;
    }
    return answers;
  }

  @Override
  public Meaning meaning() {
    return Meaning.PROBABILITIES;
  }

  @Override
  public String text() {
    return "softmax";
  }
}
