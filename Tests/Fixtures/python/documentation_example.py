"""Runs the Python lines of a page with a model of a few numbers: PAGE FOLDER, where FOLDER has adapter.safetensors and
inputs.safetensors. Writes what they leave in `logits` to FOLDER/logits.safetensors."""

import os
import re
import sys
import types

import torch
from safetensors.torch import load_file, save_file

with open(sys.argv[1], encoding="utf-8") as file:
    blocks = re.findall(r"^```python\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
assert len(blocks) == 1, f"{len(blocks)} blocks of Python"
os.chdir(sys.argv[2])
inputs = load_file("inputs.safetensors")
names = {
    "model": types.SimpleNamespace(
        encode_image=lambda pictures: pictures, logit_scale=inputs["scale"].log()),
    "pictures": inputs["features"], "text_features": inputs["text"],
}
exec(blocks[0], names)
save_file({"logits": names["logits"].detach().contiguous()}, "logits.safetensors")
