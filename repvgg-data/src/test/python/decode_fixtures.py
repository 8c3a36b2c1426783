"""Writes src/test/resources/decode: image files of many kinds, and the pixels that Pillow makes of each.

Run from repvgg-data: python3 src/test/python/decode_fixtures.py (Pillow 13.0, numpy; tifffile 2026 for BigTIFF; cjpeg of
libjpeg-turbo 2.1).
NAME is the file, NAME.png its pixels: RGB, turned upright by EXIF, transparency dropped; cases.tsv lists them with the
largest mean difference that is allowed (0: every bit equal). Where Pillow cannot read a file, or treats it in another way
than docs/image-decoding.md says, the pixels come from the array that was written.
"""
import io
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageOps

OUT = "src/test/resources/decode/"
shutil.rmtree(OUT, ignore_errors=True)
os.makedirs(OUT)
rng = np.random.default_rng(14)
W, H = 29, 22
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([40 + 6 * x, 220 - 8 * y, 60 + 3 * x + 4 * y], 2).clip(0, 255)
rgb = (smooth + rng.integers(-12, 13, (H, W, 3))).clip(0, 255).astype(np.uint8)
photo = Image.fromarray(rgb)
grey = photo.convert("L")
alpha = Image.fromarray(((x * 9 + y * 5) % 256).astype(np.uint8))
rgba = photo.copy()
rgba.putalpha(alpha)
palette = photo.quantize(16)
cases = []


def expect(name, pixels=None, limit=0.0):
    """pixels: an image or array that stands for Pillow's own reading."""
    if pixels is None:
        pixels = ImageOps.exif_transpose(Image.open(OUT + name))
    if not isinstance(pixels, Image.Image):
        pixels = Image.fromarray(pixels)
    pixels.convert("RGB").save(OUT + name + ".png", optimize=True)
    cases.append(f"{name}\t{limit}")


def put(name, data, pixels=None, limit=0.0):
    with open(OUT + name, "wb") as file:
        file.write(data)
    expect(name, pixels, limit)


def save(name, image, pixels=None, limit=0.0, **options):
    image.save(OUT + name, **options)
    expect(name, pixels, limit)


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[274] = orientation
    return tags


# ---- JPEG ----
save("baseline.jpg", photo, quality=90)
save("444.jpg", photo, quality=90, subsampling=0)
save("422.jpg", photo, quality=90, subsampling=1)
save("progressive.jpg", photo, quality=90, progressive=True)
save("progressive-grey.jpg", grey, quality=90, progressive=True)
save("optimized.jpg", photo, quality=90, optimize=True)
save("restarts.jpg", photo, quality=90, restart_marker_blocks=1)
save("progressive-restarts.jpg", photo, quality=90, progressive=True, restart_marker_rows=1)
save("grey.jpg", grey, quality=90)
save("cmyk-adobe.jpg", photo.convert("CMYK"), quality=95)
inks = encoded(photo.convert("CMYK"), "JPEG", quality=95)
marker = inks.index(b"Adobe") + 11  # the colour transform
put("ycck-adobe.jpg", inks[:marker] + b"\2" + inks[marker + 1 :])
save("flat.jpg", Image.new("RGB", (W, H), (128, 128, 128)), quality=90, optimize=True)


def cjpeg(name, *options):
    """What Pillow does not write, by libjpeg-turbo's program."""
    written = subprocess.run(["cjpeg", "-quality", "90", *options], input=encoded(photo, "PPM"), capture_output=True, check=True)
    put(name, written.stdout)


cjpeg("440.jpg", "-sample", "1x2")
cjpeg("411.jpg", "-sample", "4x1")
cjpeg("luma-440.jpg", "-sample", "1x1,1x2,1x2")
cjpeg("rgb.jpg", "-rgb")
cjpeg("arithmetic.jpg", "-arithmetic", "-restart", "2B")
cjpeg("arithmetic-progressive.jpg", "-arithmetic", "-progressive")


def without_segment(jpeg, marker):
    at = 2
    while jpeg[at + 1] != marker:
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


put("cmyk-plain.jpg", without_segment(encoded(photo.convert("CMYK"), "JPEG", quality=95), 0xEE))
for orientation in range(1, 9):
    save(f"orientation-{orientation}.jpg", photo, quality=90, exif=exif(orientation))

# ---- PNG ----


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(colour, depth, rows, *extra, interlace=0, width=W, height=H):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


wide = rgb.astype(np.uint16) * 256 + rng.integers(0, 256, rgb.shape).astype(np.uint16)
save("rgba.png", rgba)
save("grey-alpha.png", Image.merge("LA", (grey, alpha)))
save("grey.png", grey)
save("palette.png", palette)
save("palette-transparent.png", palette, transparency=3)
save("palette-alphas.png", palette, transparency=bytes(range(0, 256, 16)))
save("rgb-transparent.png", photo, transparency=tuple(int(v) for v in rgb[3, 4]))
save("one-bit.png", grey.convert("1"))
put("rgb16.png", png(2, 16, [wide[r].astype(">u2").tobytes() for r in range(H)]), (wide >> 8).astype(np.uint8))
put("grey16.png", png(0, 16, [wide[r, :, 1].astype(">u2").tobytes() for r in range(H)]), (wide[:, :, 1] >> 8).astype(np.uint8))
wide_alpha = np.concatenate([wide, np.asarray(alpha, dtype=np.uint16)[:, :, None] * 257], 2)
put("rgba16.png", png(6, 16, [wide_alpha[r].astype(">u2").tobytes() for r in range(H)]), (wide >> 8).astype(np.uint8))
adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
put("interlaced.png", png(2, 8, [rgb[r, x0::dx].tobytes() for x0, y0, dx, dy in adam7 for r in range(y0, H, dy)], interlace=1))
for orientation in (3, 6, 8):
    save(f"orientation-{orientation}.png", photo, exif=exif(orientation))
photo.save(OUT + "animated.png", save_all=True, append_images=[photo.transpose(Image.Transpose.ROTATE_180)])
expect("animated.png", photo)

# ---- BMP: headers of 12 to 124 bytes, written by hand after the Windows and OS/2 structures ----
indices = np.asarray(palette)
colours = np.array(palette.getpalette()[: 3 * 16], dtype=np.uint8).reshape(-1, 3)
PALETTE_RGB = colours[indices]


def packed(values, bits):
    rows = []
    for row in values:
        text = "".join(format(int(v), f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 32)
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return rows


def bmp(header, bits, rows, table=b"", masks=b"", compression=0, top_down=False, width=W, height=H):
    body = rows if isinstance(rows, bytes) else b"".join(rows if top_down else rows[::-1])
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        used = len(table) // 4
        info = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, len(body), 2835, 2835, used, 0)[:header]
        if header > 40:
            info = (info + masks).ljust(header, b"\0")
    after = masks if header == 40 else b""
    offset = 14 + len(info) + len(after) + len(table)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + after + table + body


def rows24(pixels):
    return [row[:, ::-1].tobytes() + b"\0" * (-3 * len(row) % 4) for row in pixels]


table3 = b"".join(bytes(c[::-1]) for c in colours)
table4 = b"".join(bytes(c[::-1]) + b"\0" for c in colours)
full3 = table3 + bytes(3 * 240)
black_white = np.asarray(grey.convert("1")).astype(np.uint8)
BW = black_white * 255
put("os2-24.bmp", bmp(12, 24, rows24(rgb)), rgb)
put("os2-8.bmp", bmp(12, 8, packed(indices, 8), full3), PALETTE_RGB)
put("os2-4.bmp", bmp(12, 4, packed(indices, 4), table3), PALETTE_RGB)
put("os2-1.bmp", bmp(12, 1, packed(black_white, 1), b"\0\0\0\xff\xff\xff"), BW)
put("os2-2.x.bmp", bmp(64, 24, rows24(rgb)), rgb)
put("os2-2.x-8.bmp", bmp(64, 8, packed(indices, 8), table4), PALETTE_RGB)
put("os2-short.bmp", bmp(16, 24, rows24(rgb)), rgb)
put("rgb24.bmp", bmp(40, 24, rows24(rgb)), rgb)
put("top-down.bmp", bmp(40, 24, rows24(rgb), top_down=True), rgb)
put("palette8.bmp", bmp(40, 8, packed(indices, 8), table4), PALETTE_RGB)
put("palette4.bmp", bmp(40, 4, packed(indices, 4), table4), PALETTE_RGB)
put("one-bit.bmp", bmp(40, 1, packed(black_white, 1), b"\0\0\0\0\xff\xff\xff\0"), BW)
put("white-first.bmp", bmp(40, 1, packed(1 - black_white, 1), b"\xff\xff\xff\0\0\0\0\0"), BW)
grey_table = b"".join(bytes([i, i, i, 0]) for i in range(256))
put("grey8.bmp", bmp(40, 8, packed(np.asarray(grey), 8), grey_table), np.asarray(grey))


r5, g5, b5, g6 = rgb[:, :, 0] >> 3, rgb[:, :, 1] >> 3, rgb[:, :, 2] >> 3, rgb[:, :, 1] >> 2
rgb555 = (r5.astype("<u2") << 10) | (g5.astype("<u2") << 5) | b5
rgb565 = (r5.astype("<u2") << 11) | (g6.astype("<u2") << 5) | b5
rows16 = lambda v: [row.astype("<u2").tobytes() + b"\0" * (-2 * len(row) % 4) for row in v]
put("rgb555.bmp", bmp(40, 16, rows16(rgb555)))
masks565 = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
put("rgb565.bmp", bmp(40, 16, rows16(rgb565), masks=masks565, compression=3))
put("rgb565-v4.bmp", bmp(108, 16, rows16(rgb565), masks=masks565, compression=3))
put("rgb565-v5.bmp", bmp(124, 16, rows16(rgb565), masks=masks565, compression=3))
quad = np.concatenate([rgb[:, :, ::-1], np.asarray(alpha)[:, :, None]], 2)
put("rgb32.bmp", bmp(40, 32, [row.tobytes() for row in quad]), rgb)
bgra = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
put("bgra32-v4.bmp", bmp(108, 32, [row.tobytes() for row in quad], masks=bgra, compression=3), rgb)
put("bgra32-v5.bmp", bmp(124, 32, [row.tobytes() for row in quad], masks=bgra, compression=3), rgb)
put("bgra32-v3.bmp", bmp(56, 32, [row.tobytes() for row in quad], masks=bgra, compression=3), rgb)
put("bgrx32-v2.bmp", bmp(52, 32, [row.tobytes() for row in quad], masks=bgra[:12], compression=3), rgb)
rgba_masks = struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
put("rgba32-v4.bmp", bmp(108, 32, [row[:, [2, 1, 0, 3]].tobytes() for row in quad], masks=rgba_masks, compression=3), rgb)
put("v5-24.bmp", bmp(124, 24, rows24(rgb)), rgb)


def rle8(values):
    body = b""
    for row in values[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and run < 255 and row[at + run] == row[at]:
                run += 1
            body += bytes([run, row[at]])
            at += run
        body += b"\0\0"
    return body[:-2] + b"\0\1"


def rle4(values):
    body = b""
    for row in values[::-1]:
        for at in range(0, len(row), 2):
            pair = [int(v) for v in row[at : at + 2]]
            body += bytes([len(pair), pair[0] << 4 | pair[-1]])
        body += b"\0\0"
    return body[:-2] + b"\0\1"


put("rle8.bmp", bmp(40, 8, rle8(indices), table4, compression=1), PALETTE_RGB)
put("rle4.bmp", bmp(40, 4, rle4(indices), table4, compression=2), PALETTE_RGB)
literal = b"".join(b"\0" + bytes([W]) + row.tobytes() + b"\0" * (W % 2) + b"\0\0" for row in indices[::-1].astype(np.uint8)) + b"\0\1"
put("rle8-literal.bmp", bmp(40, 8, literal, table4, compression=1), PALETTE_RGB)

# ---- WebP ----
WEBP = 0.0  # every bit of libwebp
save("lossy.webp", photo, limit=WEBP, quality=90)
coarse = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
scene = Image.fromarray(coarse).resize((150, 97), Image.BICUBIC)
scene = Image.fromarray((np.asarray(scene) + rng.integers(-9, 10, (97, 150, 3))).clip(0, 255).astype(np.uint8))
for quality in (10, 50, 80):  # strong filters, segments and several rows of macroblocks
    save(f"lossy-scene-{quality}.webp", scene, limit=WEBP, quality=quality, method=6)
save("lossy-one-pixel.webp", Image.new("RGB", (1, 1), (200, 50, 80)), limit=WEBP)
save("lossy-alpha.webp", rgba, limit=WEBP, quality=90, exact=True)
save("lossless.webp", photo, lossless=True)
save("lossless-alpha.webp", rgba, lossless=True, exact=True)
save("palette.webp", palette.convert("RGB"), lossless=True)
save("orientation-6.webp", photo, lossless=True, exif=exif(6))
save("orientation-3.webp", photo, limit=WEBP, quality=90, exif=exif(3))
save("animated.webp", photo, photo.convert("RGB"), lossless=True, save_all=True, append_images=[photo.transpose(Image.Transpose.ROTATE_180)])
save("animated-lossy.webp", photo, limit=WEBP, quality=90, save_all=True, append_images=[photo.transpose(Image.Transpose.ROTATE_180)])


def riff(*chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


u24 = lambda v: struct.pack("<I", v)[:3]
inner = encoded(photo, "WEBP", lossless=True)[12:]
frame = u24(3) + u24(2) + u24(W - 1) + u24(H - 1) + u24(100) + b"\0" + inner
canvas = np.zeros((H + 9, W + 11, 3), dtype=np.uint8)
canvas[4 : 4 + H, 6 : 6 + W] = rgb
put("placed-frame.webp", riff((b"VP8X", b"\x02\0\0\0" + u24(W + 10) + u24(H + 8)), (b"ANIM", bytes(6)), (b"ANMF", frame)), canvas)

# ---- GIF ----
save("plain.gif", palette, interlace=0)
save("interlaced.gif", palette, interlace=1)
save("transparent.gif", palette, PALETTE_RGB, transparency=5)
save("grey.gif", grey)
save("animated.gif", palette, save_all=True, append_images=[palette.transpose(Image.Transpose.ROTATE_180)], duration=50)
save("local-colours.gif", palette, include_color_table=True)
plain = encoded(palette, "GIF", interlace=0)
place = plain.index(b"\x2c\0\0\0\0")
moved = plain[:6] + struct.pack("<HH", W + 5, H + 4) + plain[10:place] + b"\x2c" + struct.pack("<HH", 3, 2) + plain[place + 5 :]
surround = np.zeros((H + 4, W + 5, 3), dtype=np.uint8)
surround[2 : 2 + H, 3 : 3 + W] = PALETTE_RGB
put("placed-frame.gif", moved, surround)

# ---- TIFF ----
for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
    save(f"{compression.replace('tiff_', '')}.tif", photo, compression=compression)
save("jpeg.tif", photo, limit=2.0, compression="jpeg", quality=95)
save("jpeg-grey.tif", grey, limit=1.0, compression="jpeg", quality=95)
save("group4.tif", grey.convert("1"), compression="group4")
save("group3.tif", grey.convert("1"), compression="group3")
save("one-bit.tif", grey.convert("1"))
save("grey.tif", grey)
save("palette.tif", palette)
save("rgba.tif", rgba)
save("cmyk.tif", photo.convert("CMYK"))
save("orientation-6.tif", photo, tiffinfo={274: 6})
save("orientation-2.tif", photo, tiffinfo={274: 2})
save("pages.tif", photo, save_all=True, append_images=[grey.convert("RGB")])


def tiff(name, array, pixels=None, **options):
    tifffile.imwrite(OUT + name, array, metadata=None, **options)
    expect(name, pixels)


tiff("grey16.tif", wide[:, :, 1], (wide[:, :, 1] >> 8).astype(np.uint8), photometric="minisblack")
tiff("rgb16.tif", wide, (wide >> 8).astype(np.uint8), photometric="rgb")
tiff("rgb16-predictor.tif", wide, (wide >> 8).astype(np.uint8), photometric="rgb", compression="zlib", predictor=2)
tiff("planar.tif", np.moveaxis(rgb, 2, 0), rgb, photometric="rgb", planarconfig="separate")
tiff("tiled.tif", rgb, rgb, photometric="rgb", tile=(16, 16), compression="zlib")
tiff("big-endian.tif", rgb, rgb, photometric="rgb", byteorder=">")
tiff("bigtiff.tif", rgb, rgb, photometric="rgb", bigtiff=True)
tiff("white-is-zero.tif", 255 - np.asarray(grey), np.asarray(grey), photometric="miniswhite")
tiff("predictor.tif", rgb, rgb, photometric="rgb", compression="zlib", predictor=2)

with open(OUT + "cases.tsv", "w") as file:
    file.write("\n".join(sorted(cases)) + "\n")
