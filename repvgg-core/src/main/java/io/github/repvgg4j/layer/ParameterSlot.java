package io.github.repvgg4j.layer;

/**
 * One parameter array of an own layer, stored in C order in the network's flat parameter vector.
 *
 * @param key name within the layer, without underscore (DL4J splits at it)
 * @param shape of the array
 * @param kind decides about initial values and regularisation
 * @param fanIn inputs of one output unit, for the weight initialisation
 * @param fanOut outputs fed by one input unit, for the weight initialisation
 */
record ParameterSlot(String key, long[] shape, Kind kind, double fanIn, double fanOut) {

  enum Kind {
    /** Drawn by the layer's weight initialisation; regularised by l1, l2, weightDecay. */
    WEIGHT,
    /** Set to the layer's biasInit; regularised by l1Bias, l2Bias, weightDecayBias. */
    BIAS
  }

  static ParameterSlot bias(String key, long length) {
    return new ParameterSlot(key, new long[] {length}, Kind.BIAS, 0, 0);
  }

  static ParameterSlot weight(String key, long[] shape, double fanIn, double fanOut) {
    return new ParameterSlot(key, shape, Kind.WEIGHT, fanIn, fanOut);
  }

  long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }
}
