package io.github.repvgg4j.data.decode;

import com.twelvemonkeys.imageio.plugins.tiff.BigTIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.github.repvgg4j.data.format.EncodedImage;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.ImageFormat;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.vp8.Vp8Decoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * TIFF and lossless WebP by TwelveMonkeys' readers, lossy WebP by our own, GIF by the JDK's. Each
 * reader is named, never looked up by what a file looks like, and reads from memory: nothing is
 * written to disk.
 */
final class JavaDecoder {

  /** Of a file of one chunk: the last letter of its kind, {@code VP8 } or {@code VP8L}. */
  private static final int WEBP_KIND = 15;

  /** Of a file of one chunk: its content. */
  private static final int WEBP_CHUNK = 20;

  static {
    ImageIO.setUseCache(false); // JPEG within TIFF would be copied to a temporary file
  }

  private JavaDecoder() {}

  static RgbImage decode(EncodedImage image) throws FormatFault {
    if (image.format() == ImageFormat.WEBP && image.bytes()[WEBP_KIND] == ' ') {
      return lossyWebp(image);
    }
    ImageReader reader = reader(image);
    try (ByteArrayImageInputStream in = new ByteArrayImageInputStream(image.bytes())) {
      reader.setInput(in, false, true);
      ImageReadParam parameters = reader.getDefaultReadParam();
      parameters.setDestinationType(reader.getRawImageType(0));
      BufferedImage picture = reader.read(0, parameters);
      return Rasters.rgb(picture);
    } catch (IOException | RuntimeException e) { // what the readers throw at damaged files
      throw new FormatFault("damaged: cannot be decoded");
    } finally {
      reader.dispose();
    }
  }

  private static RgbImage lossyWebp(EncodedImage image) throws FormatFault {
    byte[] file = image.bytes();
    Vp8Decoder.Picture picture = Vp8Decoder.decode(file, WEBP_CHUNK, file.length);
    return new RgbImage(picture.width(), picture.height(), picture.rgb());
  }

  private static ImageReader reader(EncodedImage image) throws FormatFault {
    try {
      return switch (image.format()) {
        case WEBP -> new WebPImageReaderSpi().createReaderInstance();
        case TIFF ->
            image.bytes()[2] == 43 || image.bytes()[3] == 43
                ? new BigTIFFImageReaderSpi().createReaderInstance()
                : new TIFFImageReaderSpi().createReaderInstance();
        case GIF -> gif();
        default -> throw new FormatFault("has no decoder");
      };
    } catch (IOException e) {
      throw new FormatFault("cannot be decoded: " + e.getMessage());
    }
  }

  private static ImageReader gif() throws IOException {
    Iterator<ImageReaderSpi> all =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class,
                spi -> spi.getClass().getName().startsWith("com.sun.imageio.plugins.gif."),
                true);
    if (!all.hasNext()) {
      throw new IOException("this Java has no GIF reader");
    }
    return all.next().createReaderInstance();
  }
}
