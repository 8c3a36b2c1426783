"""The peers' model: the same ONNX file in ONNX Runtime, images prepared as ours are.

Threads of ONNX Runtime and the folder of the model come from PEER_THREADS and PEER_FOLDER.
"""
import io
import os

import numpy
import onnxruntime
from PIL import Image

MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], numpy.float32)
SIDE = 224
RESIZED = 256


class PeerModel:
    def __init__(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["PEER_THREADS"])
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(
            os.path.join(os.environ["PEER_FOLDER"], "a0.onnx"),
            options,
            providers=["CPUExecutionProvider"],
        )
        self.input = self.session.get_inputs()[0].name

    def decode(self, jpeg):
        """[3, 224, 224] of one JPEG file."""
        image = Image.open(io.BytesIO(jpeg)).convert("RGB")
        scale = RESIZED / min(image.size)
        image = image.resize(
            (int(image.width * scale), int(image.height * scale)), Image.BILINEAR
        )
        left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
        image = image.crop((left, top, left + SIDE, top + SIDE))
        values = (numpy.asarray(image, numpy.float32) / 255 - MEAN) / STD
        return values.transpose(2, 0, 1)

    def tensor(self, content):
        """[3, 224, 224] of raw float32."""
        return numpy.frombuffer(content, "<f4").reshape(3, SIDE, SIDE)

    def top(self, images, count):
        """The likeliest classes of each of [N, 3, 224, 224]."""
        batch = numpy.ascontiguousarray(numpy.stack(images), numpy.float32)
        logits = self.session.run(None, {self.input: batch})[0].astype(numpy.float64)
        shares = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        best = numpy.argsort(-shares, axis=1)[:, :count]
        return [
            [{"className": f"class{i}", "probability": float(row[i])} for i in ids]
            for row, ids in zip(shares, best)
        ]


def is_jpeg(content):
    return content[:2] == b"\xff\xd8"
