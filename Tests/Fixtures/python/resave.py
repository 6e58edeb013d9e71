"""Saves a CLIP-Adapter as the official code's module would: ADAPTER TARGET DTYPE. No metadata, names without a prefix."""

import sys

import torch
from safetensors.torch import load_file, save_file

layers = {name.removeprefix("visual_adapter."): tensor for name, tensor in load_file(sys.argv[1]).items()}
assert sorted(layers) == ["fc.0.weight", "fc.2.weight"], layers.keys()
save_file({name: tensor.to(getattr(torch, sys.argv[3])) for name, tensor in layers.items()}, sys.argv[2])
