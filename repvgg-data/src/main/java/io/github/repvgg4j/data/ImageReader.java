package io.github.repvgg4j.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Turns image files (JPEG, PNG, BMP) into RGB. OpenCV decodes, which is what DataVec uses; grey and
 * palette images become RGB, transparency is dropped, the EXIF orientation is applied. Files that
 * are cut off, damaged or too large are refused by name instead of being decoded to grey.
 *
 * <p>Differs from DataVec's {@code NativeImageLoader}, which gives BGR. Thread-safe.
 */
public final class ImageReader {

  /** Larger files are not read: 256 MiB. */
  public static final long MAX_FILE_BYTES = 256L << 20;

  /** Larger images are not decoded: 100 megapixels, 300 MB of memory. */
  public static final long MAX_PIXELS = 100_000_000;

  static {
    opencv_core.setNumThreads(1); // the loader has threads of its own
  }

  private ImageReader() {}

  /**
   * Reads and decodes one file.
   *
   * @throws BadImageException when this file is no usable image
   */
  public static RgbImage read(Path file) throws BadImageException {
    return decode(file.toString(), bytes(file));
  }

  static byte[] bytes(Path file) throws BadImageException {
    String name = file.toString();
    try {
      if (Files.isDirectory(file)) {
        throw new BadImageException(name, "is a folder, not an image");
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new BadImageException(name, "is larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
      }
      return Files.readAllBytes(file);
    } catch (BadImageException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new BadImageException(name, "no such file");
    } catch (AccessDeniedException e) {
      throw new BadImageException(name, "no permission to read");
    } catch (IOException e) {
      throw new BadImageException(name, "cannot be read: " + e.getMessage());
    }
  }

  /**
   * Decodes the content of a file.
   *
   * @param name for messages
   * @throws BadImageException when the bytes are no usable image
   */
  public static RgbImage decode(String name, byte[] file) throws BadImageException {
    checkHeader(name, file);
    try (BytePointer pointer = new BytePointer(file);
        Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, pointer);
        Mat decoded = opencv_imgcodecs.imdecode(encoded, opencv_imgcodecs.IMREAD_COLOR)) {
      if (decoded == null || decoded.empty()) {
        throw new BadImageException(name, "damaged: cannot be decoded");
      }
      opencv_imgproc.cvtColor(decoded, decoded, opencv_imgproc.COLOR_BGR2RGB);
      byte[] pixels = new byte[3 * decoded.rows() * decoded.cols()];
      decoded.data().get(pixels);
      return new RgbImage(decoded.cols(), decoded.rows(), pixels);
    } catch (RuntimeException e) { // what OpenCV throws
      throw new BadImageException(name, "damaged: cannot be decoded");
    }
  }

  private static void checkHeader(String name, byte[] file) throws BadImageException {
    try {
      ImageHeader header = ImageHeader.parse(file);
      long pixels = (long) header.width() * header.height();
      if (header.width() < 1 || header.height() < 1) {
        throw new BadImageException(
            name, "damaged: claims " + header.width() + " x " + header.height() + " pixels");
      }
      if (pixels > MAX_PIXELS) {
        throw new BadImageException(
            name,
            "claims "
                + header.width()
                + " x "
                + header.height()
                + " pixels, more than "
                + MAX_PIXELS);
      }
    } catch (ImageHeader.FormatFault e) {
      throw new BadImageException(name, e.getMessage());
    }
  }
}
