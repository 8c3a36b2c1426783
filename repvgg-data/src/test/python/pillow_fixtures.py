"""Writes src/test/resources/pillow: images, and what Pillow and torchvision make of them.

Run from repvgg-data: python3 src/test/python/pillow_fixtures.py (Pillow 9.4, torchvision 0.14).
"""
import numpy as np
from PIL import Image
from torchvision import transforms as T

OUT = "src/test/resources/pillow/"
rng = np.random.default_rng(7)
coarse = rng.integers(0, 256, (8, 10, 3), dtype=np.uint8)
photo = Image.fromarray(coarse).resize((61, 47), Image.BICUBIC)
noisy = np.clip(np.asarray(photo).astype(int) + rng.integers(-20, 21, (47, 61, 3)), 0, 255)
photo = Image.fromarray(noisy.astype(np.uint8))
photo.save(OUT + "photo.png")
photo.save(OUT + "photo.jpg", quality=92)
photo.convert("L").save(OUT + "grey.png")
Image.open(OUT + "photo.jpg").save(OUT + "photo-jpg-decoded.png")
photo.resize((20, 16), Image.BILINEAR).save(OUT + "down.png")
photo.resize((90, 70), Image.BILINEAR).save(OUT + "up.png")
T.Compose([T.Resize(36), T.CenterCrop(32)])(photo).save(OUT + "fit32.png")
photo.save(OUT + "photo.gif")

F = T.functional
F.adjust_brightness(photo, 1.35).save(OUT + "brightness.png")
F.adjust_contrast(photo, 0.6).save(OUT + "contrast.png")
F.adjust_saturation(photo, 1.4).save(OUT + "saturation.png")
