"""PyTorch and ONNX Runtime doing what `cliptop-benchmarks` measures, on the same weights.

Usage: clip_peer.py MODEL_DIRECTORY THREADS. Reads a command a line, answers with a line:

    images ENGINE BATCH COUNT     milliseconds for COUNT pictures in batches of BATCH
    texts BATCH                   milliseconds for the texts of the last `tokens` line, all 77 positions (PyTorch)
    tokens JSON                   takes token ids, [texts][context]; answers with their number
    image-features ENGINE COUNT   features of the first COUNT pictures, base64 of little-endian floats
    text-features                 features of the texts, likewise

ENGINE is pytorch, onnxruntime or onnxruntime-int8; an engine is built when it is first asked for.
"""
import base64, functools, json, os, sys, time, warnings
import numpy
import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
directory, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)


def read_safetensors(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    data = numpy.memmap(path, dtype=numpy.float32, mode="c", offset=8 + length)
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = (offset // 4 for offset in entry["data_offsets"])
        tensors[name] = torch.from_numpy(data[start:end].reshape(entry["shape"]))
    return tensors


@functools.cache
def pictures(count):
    """The pixels that the Swift side computes from the same formula, [count, 3, 224, 224]."""
    h = numpy.arange(count * 3 * 224 * 224, dtype=numpy.uint32)
    h ^= h >> 16
    h *= numpy.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= numpy.uint32(0xC2B2AE35)
    h ^= h >> 16
    values = (h >> 8).astype(numpy.float32) * numpy.float32(2.0**-22) - numpy.float32(2)
    return torch.from_numpy(values.reshape(count, 3, 224, 224))


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), QuickGELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        x = x + self.out(attended.transpose(1, 2).reshape(n, t, d))
        return x + self.mlp(self.norm2(x))

    def load(self, weights, name):
        for mine, theirs in [("norm1", "layer_norm1"), ("norm2", "layer_norm2"), ("out", "self_attn.out_proj"),
                             ("mlp.0", "mlp.fc1"), ("mlp.2", "mlp.fc2")]:
            for kind in ["weight", "bias"]:
                self.get_parameter(f"{mine}.{kind}").copy_(weights[f"{name}.{theirs}.{kind}"])
        for kind in ["weight", "bias"]:
            parts = [weights[f"{name}.self_attn.{part}_proj.{kind}"] for part in "qkv"]
            self.get_parameter(f"qkv.{kind}").copy_(torch.cat(parts))


class VisionTransformer(nn.Module):
    def __init__(self, weights, width=768, layers=12, heads=12, patch=32):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch, bias=False)
        self.cls, self.positions = nn.Parameter(torch.empty(width)), nn.Parameter(torch.empty(50, width))
        self.pre, self.post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks = nn.Sequential(*[Block(width, heads, False) for _ in range(layers)])
        self.projection = nn.Linear(width, 512, bias=False)
        self.patches.weight.copy_(weights["vision_model.embeddings.patch_embedding.weight"])
        self.cls.copy_(weights["vision_model.embeddings.class_embedding"])
        self.positions.copy_(weights["vision_model.embeddings.position_embedding.weight"])
        for norm, name in [(self.pre, "pre_layrnorm"), (self.post, "post_layernorm")]:
            norm.weight.copy_(weights[f"vision_model.{name}.weight"])
            norm.bias.copy_(weights[f"vision_model.{name}.bias"])
        for index, block in enumerate(self.blocks):
            block.load(weights, f"vision_model.encoder.layers.{index}")
        self.projection.weight.copy_(weights["visual_projection.weight"])

    def forward(self, pixels):
        x = self.patches(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], 1, -1), x], 1) + self.positions
        return self.projection(self.post(self.blocks(self.pre(x))[:, 0]))


class TextTransformer(nn.Module):
    def __init__(self, weights, width=512, layers=12, heads=8):
        super().__init__()
        self.tokens = weights["text_model.embeddings.token_embedding.weight"]
        self.positions = weights["text_model.embeddings.position_embedding.weight"]
        self.blocks = nn.Sequential(*[Block(width, heads, True) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.norm.weight.copy_(weights["text_model.final_layer_norm.weight"])
        self.norm.bias.copy_(weights["text_model.final_layer_norm.bias"])
        for index, block in enumerate(self.blocks):
            block.load(weights, f"text_model.encoder.layers.{index}")
        self.projection = weights["text_projection.weight"]

    def forward(self, ids):
        x = self.norm(self.blocks(self.tokens[ids] + self.positions))
        return x[torch.arange(len(ids)), ids.argmax(1)] @ self.projection.T


class Bottleneck(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False), nn.BatchNorm2d(planes)
        self.avgpool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.conv3, self.bn3 = nn.Conv2d(planes, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride > 1 or inputs != 4 * planes:
            self.downsample = nn.ModuleDict({
                "-1": nn.AvgPool2d(stride), "0": nn.Conv2d(inputs, 4 * planes, 1, bias=False),
                "1": nn.BatchNorm2d(4 * planes)})

    def forward(self, x):
        shortcut = x
        if self.downsample is not None:
            for layer in self.downsample.values():
                shortcut = layer(shortcut)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.avgpool(self.relu(self.bn2(self.conv2(y))))
        return self.relu(self.bn3(self.conv3(y)) + shortcut)


class AttentionPool(nn.Module):
    """With the mean as the only query, as OpenAI's code has it."""

    def __init__(self, width, heads, embedding):
        super().__init__()
        self.heads = heads
        self.positional_embedding = nn.Parameter(torch.empty(50, width))
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.c_proj = nn.Linear(width, embedding)

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat([x.mean(1, keepdim=True), x], 1) + self.positional_embedding
        n, t, d = x.shape
        q = self.q_proj(x[:, :1]).reshape(n, 1, self.heads, -1).transpose(1, 2)
        k = self.k_proj(x).reshape(n, t, self.heads, -1).transpose(1, 2)
        v = self.v_proj(x).reshape(n, t, self.heads, -1).transpose(1, 2)
        return self.c_proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, d))


class ModifiedResNet(nn.Module):
    """RN50; module names are OpenAI's."""

    def __init__(self, weights, width=64, stages=(3, 4, 6, 3), embedding=1024):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width // 2, 3, 2, 1, bias=False), nn.BatchNorm2d(width // 2)
        self.conv2, self.bn2 = nn.Conv2d(width // 2, width // 2, 3, padding=1, bias=False), nn.BatchNorm2d(width // 2)
        self.conv3, self.bn3 = nn.Conv2d(width // 2, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.relu, self.avgpool = nn.ReLU(inplace=True), nn.AvgPool2d(2)
        inputs = width
        for stage, count in enumerate(stages):
            blocks = []
            for index in range(count):
                blocks.append(Bottleneck(inputs, width << stage, 2 if stage and index == 0 else 1))
                inputs = 4 * (width << stage)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.attnpool = AttentionPool(inputs, inputs // 64, embedding)
        mine = {name[len("visual."):]: tensor for name, tensor in weights.items() if name.startswith("visual.")}
        self.load_state_dict(mine, strict=False)
        missing = {n for n in self.state_dict() if not n.endswith("num_batches_tracked")} ^ mine.keys()
        assert not missing, missing

    def forward(self, x):
        for conv, bn in [(self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)]:
            x = self.relu(bn(conv(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.avgpool(x)))))
        return self.attnpool(x)


def read_model():
    if os.path.exists(os.path.join(directory, "open_clip_config.json")):
        weights = read_safetensors(os.path.join(directory, "open_clip_model.safetensors"))
        return ModifiedResNet(weights).eval(), None
    weights = read_safetensors(os.path.join(directory, "model.safetensors"))
    return VisionTransformer(weights).eval(), TextTransformer(weights).eval()


image_tower, text_tower = read_model()
tokens = None


def onnx_file():
    """The image tower as ONNX, batch free; written once."""
    path = os.path.join(directory, "image_tower.onnx")
    if not os.path.exists(path):
        # The older exporter: it needs no package beyond onnx itself.
        torch.onnx.export(image_tower, (pictures(2),), path + ".partial", input_names=["pixels"],
                          output_names=["features"], dynamic_axes={"pixels": {0: "n"}, "features": {0: "n"}},
                          opset_version=17, dynamo=False)
        os.replace(path + ".partial", path)
    return path


def onnx_session(path):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda pixels: torch.from_numpy(session.run(None, {"pixels": pixels.numpy()})[0])


def quantized(path):
    result = path.replace(".onnx", ".int8.onnx")
    if not os.path.exists(result):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(path, result + ".partial", weight_type=QuantType.QInt8)
        os.replace(result + ".partial", result)
    return result


builders = {
    "pytorch": lambda: image_tower,
    "onnxruntime": lambda: onnx_session(onnx_file()),
    "onnxruntime-int8": lambda: onnx_session(quantized(onnx_file())),
}
engines = {}


def engine(name):
    if name not in engines:
        engines[name] = builders[name]()
    return engines[name]


def milliseconds(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def encoded(array):
    return base64.b64encode(array.contiguous().numpy().astype("<f4").tobytes()).decode()


def images(name, batch, count):
    encode, pixels = engine(name), pictures(int(count))
    return milliseconds(lambda: [encode(part) for part in pixels.split(int(batch))])


def texts(batch):
    return milliseconds(lambda: [text_tower(part) for part in tokens.split(int(batch))])


def set_tokens(text):
    global tokens
    tokens = torch.tensor(json.loads(text))
    return len(tokens)


commands = {
    "images": images,
    "texts": texts,
    "tokens": set_tokens,
    "image-features": lambda name, count: encoded(engine(name)(pictures(int(count)))),
    "text-features": lambda: encoded(text_tower(tokens)),
}
print("ready", flush=True)
for line in sys.stdin:
    command, *arguments = line.split()
    try:
        answer = commands[command](*arguments)
    except Exception as error:
        answer = "error: " + " ".join(str(error).split())[:300]
    print(answer, flush=True)
