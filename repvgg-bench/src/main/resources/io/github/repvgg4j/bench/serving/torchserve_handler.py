"""TorchServe's side: a handler for a batch of requests, each a JPEG file or a raw tensor."""
import os
import sys

sys.path.insert(0, os.environ["PEER_FOLDER"])

from peer_model import PeerModel, is_jpeg  # noqa: E402

peer = None


def handle(data, context):
    global peer
    if peer is None:
        peer = PeerModel()
    if data is None:
        return None
    images = []
    for row in data:
        content = bytes(row.get("data") or row.get("body"))
        images.append(peer.decode(content) if is_jpeg(content) else peer.tensor(content))
    return peer.top(images, 5)
