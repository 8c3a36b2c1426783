package io.github.repvgg4j.cuda.device;

/** Which of its algorithms a device may take. */
public enum AlgorithmChoice {
  /** Only those that give the same bits each time, chosen without measuring. */
  DETERMINISTIC,
  /** The fastest one as measured. */
  FASTEST
}
