"""Epochs of a torchvision loader on request: a line in, a line out.

Arguments: folder of class folders, side of the crop, batch size, worker processes.
Requests: "epoch" loads one; "content" loads one and looks at the values. The answer holds the
number of images and, for "content", the mean of all values.
"""
import sys

import PIL
import torch
import torchvision
from torchvision import transforms


def loader(folder, side, batch_size, workers):
    steps = [
        transforms.RandomResizedCrop(side),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
    return torch.utils.data.DataLoader(
        torchvision.datasets.ImageFolder(folder, transforms.Compose(steps)),
        batch_size=batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=True,
    )


def answer(*words):
    print("answer", *words, flush=True)


def main(folder, side, batch_size, workers):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    batches = loader(folder, int(side), int(batch_size), int(workers))
    answer(
        f"torch {torch.__version__}, torchvision {torchvision.__version__},"
        f" Pillow {PIL.__version__}"
    )
    for line in sys.stdin:
        images = 0
        total = 0.0
        for features, _ in batches:
            images += features.shape[0]
            if line.strip() == "content":
                total += features.shape[0] * features.double().mean().item()
        answer(images, total / max(1, images))


if __name__ == "__main__":
    main(*sys.argv[1:])
