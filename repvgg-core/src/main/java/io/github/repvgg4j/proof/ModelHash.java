package io.github.repvgg4j.proof;

import io.github.repvgg4j.array.FloatBlocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** sha256 of networks and arrays, as hexadecimal text. */
public final class ModelHash {

  private static final int CHUNK = 1 << 16;

  private ModelHash() {}

  /** Of the configuration's JSON and the parameters' bits. */
  public static String of(Model model) {
    MessageDigest digest = sha256();
    digest.update(json(model).getBytes(StandardCharsets.UTF_8));
    if (model.params() != null) {
      update(digest, model.params());
    }
    return text(digest);
  }

  /** The configuration as it would be read again, without counters of training. */
  private static String json(Model model) {
    if (model instanceof ComputationGraph graph) {
      ComputationGraphConfiguration conf = graph.getConfiguration().clone();
      conf.setTopologicalOrder(null);
      conf.setTopologicalOrderStr(null);
      return conf.toJson();
    }
    MultiLayerConfiguration conf = ((MultiLayerNetwork) model).getLayerWiseConfigurations();
    return conf.toJson();
  }

  /** Of one layer's parameters, by key. */
  public static String of(Map<String, INDArray> parameters) {
    MessageDigest digest = sha256();
    new TreeMap<>(parameters)
        .forEach(
            (key, values) -> {
              digest.update(key.getBytes(StandardCharsets.UTF_8));
              update(digest, values);
            });
    return text(digest);
  }

  /** Of shapes and numbers. */
  public static String of(INDArray... arrays) {
    MessageDigest digest = sha256();
    for (INDArray array : arrays) {
      update(digest, array);
    }
    return text(digest);
  }

  /** Of bytes. */
  public static String of(byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    return text(digest);
  }

  private static void update(MessageDigest digest, INDArray array) {
    digest.update(
        (array.dataType() + Arrays.toString(array.shape())).getBytes(StandardCharsets.UTF_8));
    if (array.dataType() != DataType.FLOAT) {
      oneByOne(digest, array.dup('c'));
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(FloatBlocks.LENGTH * Float.BYTES);
    FloatBlocks.read(
        array,
        (start, block, count) -> {
          bytes.clear().asFloatBuffer().put(block, 0, count);
          digest.update(bytes.limit(count * Float.BYTES));
        });
  }

  private static void oneByOne(MessageDigest digest, INDArray flat) {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Double.BYTES);
    boolean wide = flat.dataType() == DataType.DOUBLE;
    for (long i = 0; i < flat.length(); ) {
      buffer.clear();
      for (int n = 0; n < CHUNK && i < flat.length(); n++, i++) {
        if (wide) {
          buffer.putDouble(flat.data().getDouble(i));
        } else {
          buffer.putFloat(flat.data().getFloat(i));
        }
      }
      digest.update(buffer.flip());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String text(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
