package io.github.repvgg4j.data.load;

/**
 * A second distribution over the classes for each image, beside that of its label: what a teacher
 * said of it. Called on several threads at once.
 */
public interface SoftTargets {

  /** Labels alone. */
  SoftTargets NONE =
      new SoftTargets() {
        @Override
        public int classes() {
          return 0;
        }

        @Override
        public void write(int image, float[] targets, int offset) {}
      };

  /** Numbers an image; 0 for none. */
  int classes();

  /**
   * Writes what belongs to an image.
   *
   * @param image its index among the images that are loaded
   * @param targets {@link #classes} numbers are written from {@code offset} on
   */
  void write(int image, float[] targets, int offset);
}
