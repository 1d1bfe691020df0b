"""Runs generated models: for each `NAME.py` of a folder, with NAME.safetensors, NAME.input.safetensors -> NAME.output.safetensors."""

import importlib
import sys
from pathlib import Path

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
import torch  # noqa: E402
from weights_file import read_weights, write_weights  # noqa: E402

for file in sorted(folder.glob("case*.py")):
    network = importlib.import_module(file.stem).Network()
    missing, unexpected = network.load_state_dict(read_weights(file.with_suffix(".safetensors"))[0], strict=False)
    wrong = [name for name in missing if not name.endswith("num_batches_tracked")] + unexpected
    if wrong:
        raise SystemExit(f"{file.stem}: {wrong}")
    with torch.no_grad():
        inputs = read_weights(folder / f"{file.stem}.input.safetensors")[0]["input"]
        output = network.eval()(inputs)
    write_weights(folder / f"{file.stem}.output.safetensors", {"output": output.contiguous()}, {})
