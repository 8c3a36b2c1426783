package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.spec.InputShape;

/**
 * One that normalises images itself.
 *
 * @param teacher takes values from 0 to 255; closed with this
 * @param normalisation of the images that this is shown
 */
record PixelTeacher(Teacher teacher, Preprocessing normalisation) implements Teacher {

  private static final int WHITE = 255;

  @Override
  public float[] logits(float[] images, int batch, InputShape shape) {
    int plane = shape.height() * shape.width();
    float[] pixels = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      int channel = i / plane % shape.channels();
      double share =
          images[i] * normalisation.std().get(channel) + normalisation.mean().get(channel);
      pixels[i] = (float) (WHITE * share);
    }
    return teacher.logits(pixels, batch, shape);
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
