"""Training steps of a three-branch RepVGG by PyTorch on a card, as its users are told to make them fast:
channels_last, automatic mixed precision in bfloat16, torch.compile.

Arguments: blocks as in:out:stride with commas between, classes, side, batch, seconds.
Prints "versions ...", "peak TFLOP/s" of a bfloat16 matrix product, "rate images/s megabytes".
"""

import sys
import time

import torch
from torch import nn

import torch_blocks


def seconds_of(work, budget):
    for _ in range(10):
        work()
    torch.cuda.synchronize()
    times = []
    start = time.perf_counter()
    while time.perf_counter() - start < budget or len(times) < 5:
        before = time.perf_counter()
        for _ in range(5):
            work()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - before) / 5)
    return sorted(times)[len(times) // 2]


def peak(budget):
    side = 8192
    a = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    b = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    return 2 * side**3 / seconds_of(lambda: torch.matmul(a, b), budget) / 1e12


def rate(blocks, classes, side, batch, budget):
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = True
    network = torch_blocks.network(blocks, classes).cuda().to(memory_format=torch.channels_last)
    compiled = torch.compile(network)
    optimizer = torch.optim.SGD(
        network.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    images = torch.randn(batch, 3, side, side).cuda().to(memory_format=torch.channels_last)
    labels = torch.arange(batch).cuda() % classes
    loss = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16):
            value = loss(compiled(images), labels)
        value.backward()
        optimizer.step()

    return batch / seconds_of(step, budget)


def main():
    blocks = torch_blocks.parsed(sys.argv[1])
    classes, side, batch, budget = (int(argument) for argument in sys.argv[2:6])
    print("versions torch", torch.__version__, "cuDNN", torch.backends.cudnn.version())
    print("peak", peak(budget))
    speed = rate(blocks, classes, side, batch, budget)
    print("rate", speed, torch.cuda.max_memory_allocated() / 2**20)


main()
