package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.spec.InputShape;

/**
 * One whose answers are probabilities: their logarithms are its logits but for a number that all of
 * an image have in common, which no softmax of them sees.
 *
 * @param teacher closed with this
 */
record SoftmaxTeacher(Teacher teacher) implements Teacher {

  @Override
  public float[] logits(float[] images, int batch, InputShape shape) {
    float[] answers = teacher.logits(images, batch, shape);
    for (int i = 0; i < answers.length; i++) {
      answers[i] = (float) Math.log(Math.max(answers[i], Float.MIN_NORMAL));
    }
    return answers;
  }

  @Override
  public String description() {
    return teacher.description();
  }

  @Override
  public void close() {
    teacher.close();
  }
}
