"""MLServer's side: a runtime that takes JPEG files or raw tensors as BYTES, batched by MLServer."""
import json

from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse, ResponseOutput

from peer_model import PeerModel, is_jpeg


class Runtime(MLModel):
    async def load(self):
        self.peer = PeerModel()
        return True

    async def predict(self, payload):
        images = []
        for content in contents(payload.inputs[0]):
            images.append(self.peer.decode(content) if is_jpeg(content) else self.peer.tensor(content))
        answers = [json.dumps(each) for each in self.peer.top(images, 5)]
        output = ResponseOutput(
            name="classes", shape=[len(answers), 1], datatype="BYTES", data=answers
        )
        return InferenceResponse(model_name=self.name, outputs=[output])


def contents(request_input):
    import base64

    data = request_input.data
    data = getattr(data, "root", data)
    for each in data:
        yield base64.b64decode(each)
