package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.AtomicZip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the zip container of {@code torch.save}: {@code torch.load} gives back an OrderedDict of
 * CPU tensors. The same tensors give the same bytes.
 */
final class TorchWriter {

  private static final String FOLDER = "archive/";

  private TorchWriter() {}

  static void write(Path target, Map<String, Tensor> tensors) throws IOException {
    AtomicZip.write(
        target,
        zip -> {
          stored(zip, "data.pkl", ByteBuffer.wrap(pickle(tensors)));
          stored(zip, "byteorder", ascii("little"));
          int key = 0;
          for (Tensor tensor : tensors.values()) {
            stored(zip, "data/" + key++, tensor.content().bytes());
          }
          stored(zip, "version", ascii("3\n"));
        });
  }

  private static void stored(AtomicZip zip, String name, ByteBuffer bytes) throws IOException {
    zip.addStored(
        FOLDER + name,
        out -> {
          WritableByteChannel channel = Channels.newChannel(out); // left open: the zip goes on
          ByteBuffer rest = bytes.duplicate();
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
        });
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Protocol 2, as torch.save: an OrderedDict of {@code _rebuild_tensor_v2} calls. */
  private static byte[] pickle(Map<String, Tensor> tensors) {
    Pickle out = new Pickle();
    out.raw(0x80, 2).global("collections", "OrderedDict").raw(')', 'R', '(');
    int key = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      out.text(entry.getKey()).global("torch._utils", "_rebuild_tensor_v2").raw('(');
      out.raw('(').text("storage").global("torch", tensor.type().torchStorage());
      out.text(Integer.toString(key++)).text("cpu").integer(tensor.length()).raw('t', 'Q');
      out.integer(0).tuple(tensor.shapeArray()).tuple(Tensor.rowMajorStrides(tensor.shape()));
      out.raw(0x89).global("collections", "OrderedDict").raw(')', 'R', 't', 'R');
    }
    return out.raw('u', '.').bytes();
  }

  /** The few operations of the pickle format that a state_dict needs. */
  private static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle raw(int... operations) {
      for (int operation : operations) {
        out.write(operation);
      }
      return this;
    }

    Pickle global(String module, String name) {
      out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    Pickle text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      raw('X');
      out.writeBytes(Tensor.littleEndian(4).putInt(0, utf8.length).array());
      out.writeBytes(utf8);
      return this;
    }

    Pickle integer(long value) {
      if (value == (int) value) {
        raw('J');
        out.writeBytes(Tensor.littleEndian(4).putInt(0, (int) value).array());
      } else {
        raw(0x8a, 8);
        out.writeBytes(Tensor.littleEndian(8).putLong(0, value).array());
      }
      return this;
    }

    Pickle tuple(long... values) {
      raw('(');
      for (long value : values) {
        integer(value);
      }
      return raw('t');
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
