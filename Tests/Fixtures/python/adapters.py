"""Answers with adapters of ours in PyTorch, and makes some of its own.

FOLDER/inputs.safetensors holds features [n, D], text [K, D] (unit rows), keys [N, D], labels [N] and scale [1]. For each
FOLDER/ours/NAME.safetensors it writes the logits [n, K] to FOLDER/answers/ours/NAME.safetensors; its own adapters go to
FOLDER/theirs, and their logits to FOLDER/answers/theirs.
"""

import json
import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import normalize, one_hot

folder = pathlib.Path(sys.argv[1])
inputs = load_file(folder / "inputs.safetensors")
features, text, scale = inputs["features"], inputs["text"], inputs["scale"].item()
(classes, width), unit = text.shape, normalize(features, dim=-1)


class Adapter(nn.Module):
    """The module of the official CLIP-Adapter."""

    def __init__(self, width, reduction):
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(width, width // reduction, bias=False), nn.ReLU(inplace=True),
            nn.Linear(width // reduction, width, bias=False), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.fc(x)


class ClipAdapter(nn.Module):
    """An adapter on either side or both, with any kind of ratio; its state dict is the file."""

    def __init__(self, tensors, hyper):
        super().__init__()
        self.hyper, self.kind = hyper, hyper.get("ratio_param", "fixed")
        for side, ratio, network in [("visual", "alpha", "ratio_v"), ("text", "beta", "ratio_t")]:
            first = tensors.get(f"{side}_adapter.fc.0.weight")
            if first is None:
                continue
            setattr(self, f"{side}_adapter", Adapter(width, width // first.shape[0]))
            if self.kind in ("sigmoid", "raw"):
                setattr(self, ratio, nn.Parameter(torch.zeros(1)))
            if self.kind == "hyper-network":
                setattr(self, network, nn.Linear(width, 1))

    def side(self, x, side, ratio, network, given):
        adapter = getattr(self, f"{side}_adapter", None)
        if adapter is None:
            return x
        share = given
        if self.kind in ("sigmoid", "raw"):
            share = getattr(self, ratio)
        if self.kind == "hyper-network":
            share = getattr(self, network)(x)
        if self.kind in ("sigmoid", "hyper-network"):
            share = torch.sigmoid(share)
        layers = adapter.fc if self.hyper.get("second_relu", True) else adapter.fc[:3]
        return normalize(share * layers(x) + (1 - share) * x, dim=-1)

    def forward(self):
        ratio = self.hyper.get("residual_ratio", 0.2)
        images = self.side(unit, "visual", "alpha", "ratio_v", ratio)
        texts = self.side(text, "text", "beta", "ratio_t", self.hyper.get("text_ratio", ratio))
        return self.hyper.get("logit_scale", scale) * images @ texts.T


class LinearProbe(nn.Module):
    def __init__(self, tensors, hyper):
        super().__init__()
        self.linear, self.hyper = nn.Linear(width, classes), hyper

    def forward(self):
        return self.linear(features if self.hyper.get("features") == "projected" else unit)


class LPPlusPlus(nn.Module):
    def __init__(self, tensors, hyper):
        super().__init__()
        self.classifier = nn.Linear(width, classes)
        self.alpha_vec = nn.Parameter(torch.zeros(tensors["alpha_vec"].shape))

    def forward(self):
        return self.classifier(unit) + self.alpha_vec * (unit @ text.T)


class TipAdapter(nn.Module):
    def __init__(self, tensors, hyper):
        super().__init__()
        for name, tensor in tensors.items():
            if name != "weight":
                self.register_buffer(name, torch.zeros_like(tensor))
        if "weight" in tensors:
            # The linear layer whose state dict is the trained keys.
            self.weight = nn.Parameter(torch.zeros_like(tensors["weight"]))

    def forward(self):
        affinity = unit @ (self.weight.T if hasattr(self, "weight") else self.cache_keys)
        cache = (-(self.beta - self.beta * affinity)).exp() @ self.cache_values
        return scale * unit @ text.T + self.alpha * cache


class Film(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale, self.bias = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return self.scale * x + self.bias


class ChannelHead(nn.Module):
    def __init__(self, tensors, hyper):
        super().__init__()
        self.film_lp_img, self.film_lp_text, self.fusion = Film(), Film(), hyper["fusion"]
        self.linear_probe_proj = nn.Linear(width, classes)

    def forward(self):
        head = self.linear_probe_proj(self.film_lp_img(features))
        return (1 - self.fusion) * scale * unit @ text.T + self.fusion * head


KINDS = {
    "clip-adapter": ClipAdapter, "linear-probe": LinearProbe, "lp++": LPPlusPlus, "tip-adapter": TipAdapter,
    "tip-adapter-f": TipAdapter, "channel-head": ChannelHead,
}


def answer(whose, name, module):
    with torch.no_grad():
        save_file({"logits": module().contiguous()}, folder / "answers" / whose / name)


for path in sorted((folder / "ours").glob("*.safetensors")):
    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["format"] == "pt", metadata
    module = KINDS[metadata["cliptop.kind"]](tensors, json.loads(metadata["cliptop.hyper"]))
    module.load_state_dict(tensors, strict=True)
    answer("ours", path.name, module)

torch.manual_seed(1)
reference = ClipAdapter({"visual_adapter.fc.0.weight": torch.zeros(width // 2, width)}, {})
for dtype in [torch.float32, torch.float16, torch.bfloat16]:
    layers = {name: tensor.to(dtype) for name, tensor in reference.visual_adapter.state_dict().items()}
    assert sorted(layers) == ["fc.0.weight", "fc.2.weight"], layers
    rounded = ClipAdapter({"visual_adapter.fc.0.weight": layers["fc.0.weight"]}, {})
    rounded.visual_adapter.load_state_dict(layers)
    for prefix in ["", "adapter.", "image_adapter.", "visual_adapter."]:
        name = f"clip-adapter-{prefix}{str(dtype).removeprefix('torch.')}.safetensors"
        save_file({prefix + key: value for key, value in layers.items()}, folder / "theirs" / name)
        answer("theirs", name, rounded)

probe = LinearProbe({}, {})
save_file(probe.state_dict(), folder / "theirs" / "linear-probe.safetensors")
answer("theirs", "linear-probe.safetensors", probe)
save_file(probe.linear.state_dict(), folder / "theirs" / "linear-layer.safetensors")
answer("theirs", "linear-layer.safetensors", probe)

plus = LPPlusPlus({"alpha_vec": torch.zeros(classes)}, {})
plus.alpha_vec.data.uniform_()
save_file(plus.state_dict(), folder / "theirs" / "lp++.safetensors")
answer("theirs", "lp++.safetensors", plus)

keys = normalize(inputs["keys"], dim=-1)
values = one_hot(inputs["labels"], classes).float()
cache = {"cache_keys": keys.T.contiguous(), "cache_values": values, "alpha": torch.tensor(2.0), "beta": torch.tensor(3.0)}
tip = TipAdapter(cache, {})
tip.load_state_dict(cache)
save_file(cache, folder / "theirs" / "tip-adapter.safetensors")
answer("theirs", "tip-adapter.safetensors", tip)
save_file(cache | {"cache_values": inputs["labels"]}, folder / "theirs" / "tip-adapter-labels.safetensors")
answer("theirs", "tip-adapter-labels.safetensors", tip)
trained = {name: cache[name] for name in ["cache_values", "alpha", "beta"]} | {"adapter.weight": keys}
save_file(trained, folder / "theirs" / "tip-adapter-f.safetensors")
answer("theirs", "tip-adapter-f.safetensors", tip)
