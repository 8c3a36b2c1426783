"""Writes src/test/resources/torchvision: what torchvision makes of pillow/photo.png, op by op.

Run from repvgg-data: python3 src/test/python/augment_fixtures.py (torch 1.13, torchvision 0.14.1, Pillow 9.4).

ops.tsv     one line an image of ops.png: shape, operation, magnitude
ops.png     the results, one below the other (wide: 40 x 30 pixels of photo.png, square: 30 x 30)
ranges.tsv  policy, operation, step, steps, width, height, magnitude
learned.tsv policy, then operation, probability and step of both halves
"""
import re

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode, functional as F
from torchvision.transforms import autoaugment as A

OUT = "src/test/resources/torchvision/"
wide = Image.open("src/test/resources/pillow/photo.png").convert("RGB")
images = {"wide": wide.crop((0, 0, 40, 30)), "square": wide.crop((10, 10, 40, 40))}


def constant(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


MAGNITUDES = {
    "ShearX": [0.27, -0.99], "ShearY": [0.3, -0.165], "TranslateX": [9.7, -14.0], "TranslateY": [5.2, -32.0],
    "Rotate": [13.5, -30.0, 90.0, 135.0, -126.0], "Brightness": [0.8, -0.45], "Color": [0.9, -0.63],
    "Contrast": [0.7, -0.27], "Sharpness": [0.9, -0.5], "Posterize": [2, 4, 7, 8], "Solarize": [0.0, 110.5, 255.0],
    "AutoContrast": [0], "Equalize": [0], "Invert": [0], "Identity": [0],
}
lines, results = [], []
for shape, image in images.items():
    for op, magnitudes in MAGNITUDES.items():
        for m in magnitudes:
            lines.append(f"{shape}\t{constant(op)}\t{m}")
            results.append(A._apply_op(image, op, m, InterpolationMode.NEAREST, None))
    for m in (0.3, -0.12, 0.5, 0.0):
        lines.append(f"{shape}\tHUE\t{m}")
        results.append(F.adjust_hue(image, m))
sheet = Image.new("RGB", (40, sum(r.height for r in results)))
y = 0
for r in results:
    sheet.paste(r, (0, y))
    y += r.height
sheet.save(OUT + "ops.png", optimize=True)
open(OUT + "ops.tsv", "w").write("\n".join(lines) + "\n")

lines = []
for policy, space, steps in (
    ("USUAL", A.AutoAugment()._augmentation_space(10, (24, 32)), 10),
    ("USUAL", A.RandAugment()._augmentation_space(31, (224, 160)), 31),
    ("WIDE", A.TrivialAugmentWide()._augmentation_space(31), 31),
):
    for op, (magnitudes, signed) in space.items():
        width, height = (32, 24) if steps == 10 else (160, 224)
        for step in sorted({*range(0, steps, 4), steps // 2, steps - 1}):
            value = float(magnitudes[step]) if magnitudes.ndim else 0.0
            lines.append(f"{policy}\t{constant(op)}\t{step}\t{steps}\t{width}\t{height}\t{value!r}\t{signed}")
open(OUT + "ranges.tsv", "w").write("\n".join(lines) + "\n")

lines = []
for name, policy in (("CIFAR10", A.AutoAugmentPolicy.CIFAR10), ("IMAGENET", A.AutoAugmentPolicy.IMAGENET)):
    for pair in A.AutoAugment(policy).policies:
        lines.append("\t".join([name] + [f"{constant(op)}\t{p}\t{step or 0}" for op, p, step in pair]))
open(OUT + "learned.tsv", "w").write("\n".join(lines) + "\n")
