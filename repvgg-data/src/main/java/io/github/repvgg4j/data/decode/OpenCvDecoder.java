package io.github.repvgg4j.data.decode;

import io.github.repvgg4j.data.format.EncodedImage;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.ImageFormat;
import io.github.repvgg4j.data.image.RgbImage;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** JPEG and PNG by OpenCV; its other codecs are never given a file. */
final class OpenCvDecoder {

  private static final int FLAGS =
      opencv_imgcodecs.IMREAD_COLOR | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;

  /** What a JPEG decoder leaves where data is missing. */
  private static final byte MISSING = (byte) 128;

  static {
    opencv_core.setNumThreads(1); // the loader has threads of its own
  }

  private OpenCvDecoder() {}

  static RgbImage decode(EncodedImage image) throws FormatFault {
    RgbImage decoded = pixels(image);
    if (image.format() == ImageFormat.JPEG
        && endsMissing(decoded.pixels())
        && !image.reachesLastPixel()) {
      throw new FormatFault("cut off: the JPEG ends before its last pixels");
    }
    return decoded;
  }

  private static RgbImage pixels(EncodedImage image) throws FormatFault {
    byte[] bytes = image.bytes();
    try (BytePointer pointer = new BytePointer(bytes);
        Mat encoded = new Mat(1, bytes.length, opencv_core.CV_8UC1, pointer);
        Mat decoded = opencv_imgcodecs.imdecode(encoded, FLAGS)) {
      if (decoded == null || decoded.empty()) {
        throw new FormatFault("damaged: cannot be decoded");
      }
      opencv_imgproc.cvtColor(decoded, decoded, opencv_imgproc.COLOR_BGR2RGB);
      RgbImage result = RgbImage.black(decoded.cols(), decoded.rows());
      decoded.data().get(result.pixels());
      return result;
    } catch (RuntimeException e) { // what OpenCV throws
      throw new FormatFault("damaged: cannot be decoded");
    }
  }

  private static boolean endsMissing(byte[] pixels) {
    int at = pixels.length - 3;
    return pixels[at] == MISSING && pixels[at + 1] == MISSING && pixels[at + 2] == MISSING;
  }
}
