package io.github.repvgg4j.data.listing;

import java.util.Locale;
import java.util.Set;

/** What a file is by its name alone. */
enum FileKind {
  /** By its ending, whether it can be decoded or not; what cannot be is named as a bad image. */
  IMAGE,
  /** What systems and programs leave behind. */
  SYSTEM,
  /** By its ending something else. */
  OTHER,
  /** The name does not tell; the first bytes do. */
  UNKNOWN;

  private static final Set<String> IMAGES =
      Set.of(
          "jpg",
          "jpeg",
          "jpe",
          "jfif",
          "jif",
          "png",
          "bmp",
          "dib",
          "gif",
          "webp",
          "tif",
          "tiff",
          // not decoded: they are images all the same, so they are not passed over in silence
          "heic",
          "heif",
          "hif",
          "avif",
          "jxl",
          "jp2",
          "j2k",
          "jpx",
          "ppm",
          "pgm",
          "pbm",
          "pnm",
          "tga",
          "psd",
          "dng",
          "cr2",
          "cr3",
          "nef",
          "arw",
          "orf",
          "rw2",
          "raf");

  private static final Set<String> OTHERS =
      Set.of(
          "txt",
          "xml",
          "json",
          "jsonl",
          "csv",
          "tsv",
          "yaml",
          "yml",
          "toml",
          "ini",
          "cfg",
          "conf",
          "md",
          "rst",
          "html",
          "htm",
          "css",
          "js",
          "pdf",
          "doc",
          "docx",
          "xls",
          "xlsx",
          "log",
          "svg",
          "aae",
          "xmp",
          "thm",
          "db",
          "lnk",
          "url",
          "webloc",
          "tmp",
          "bak",
          "part",
          "lock",
          "crdownload",
          "cache",
          "names",
          "data",
          "labels",
          "lst",
          "idx",
          "rec",
          "list",
          "npy",
          "npz",
          "pt",
          "pth",
          "ckpt",
          "pkl",
          "pickle",
          "mat",
          "h5",
          "hdf5",
          "parquet",
          "tfrecord",
          "onnx",
          "safetensors",
          "py",
          "ipynb",
          "m",
          "sh",
          "bat",
          "java",
          "class",
          "jar",
          "exe",
          "dll",
          "so",
          "mp4",
          "mov",
          "avi",
          "mkv",
          "webm",
          "mp3",
          "wav",
          "zip",
          "tar",
          "gz",
          "tgz",
          "bz2",
          "xz",
          "7z",
          "rar",
          "md5",
          "sha1",
          "sha256",
          "crc");

  private static final Set<String> SYSTEM_FILES =
      Set.of("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r");

  private static final Set<String> SYSTEM_FOLDERS =
      Set.of(
          "__macosx",
          "@eadir",
          "#recycle",
          "@recycle",
          "$recycle.bin",
          "recycler",
          "system volume information",
          "lost+found",
          "__pycache__");

  static FileKind of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (name.startsWith(".") || SYSTEM_FILES.contains(lower)) {
      return SYSTEM;
    }
    int dot = lower.lastIndexOf('.');
    String ending = dot < 0 ? "" : lower.substring(dot + 1);
    if (IMAGES.contains(ending)) {
      return IMAGE;
    }
    return OTHERS.contains(ending) ? OTHER : UNKNOWN;
  }

  static boolean isSystemFolder(String name) {
    return name.startsWith(".") || SYSTEM_FOLDERS.contains(name.toLowerCase(Locale.ROOT));
  }
}
