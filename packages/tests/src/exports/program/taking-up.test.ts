import { describe, expect, it } from 'vitest'
import { hasPyTorch, python, runPython } from './python.js'
import { writtenProgram } from '../parity/written-program.js'

const folder = writtenProgram('several-objects', { 'train.epochs': '1' })

/** Two phases, of which the second validates nothing; `train_until(out, phase, epoch, words)` may stop between epochs. */
const twoPhases = `
import dataclasses, json, sys
from pathlib import Path
import checkpoints, settings, train
first = dataclasses.replace(settings.PHASES[0], epochs=2, soup=2, average_decay=0.9, batch_size=32)
settings.PHASES = [first, dataclasses.replace(first, name="second", validation=None, monitor="loss", weights=None)]
write = checkpoints.write_checkpoint
def train_until(out, place, *words):
    def writing(path, phase, training):
        write(path, phase, training)
        if (phase, training.state.epoch) == place:
            raise InterruptedError
    train.write_checkpoint = writing
    sys.argv = ["train.py", "--device", "cpu", "--json", "--out", out, *words]
    try:
        train.main()
    except InterruptedError:
        pass
`

const keptThresholds = `${twoPhases}
train_until("whole", None)
train_until("parts", (1, 1))
train_until("parts", None, "--resume")
print(json.dumps([json.loads((Path(out) / "head.json").read_text()) for out in ("whole", "parts")]))
`

const otherHeads = `${twoPhases}
train_until("other", (0, 1))
path = Path("other/checkpoint.safetensors")
phase, tensors, facts = checkpoints.read_checkpoint(path)
name = next(key for key in tensors if key.startswith("soup/1/"))[7:]
texts = {"checkpoint": json.dumps(facts)}
def said(changed):
    checkpoints.write_weights(path, changed, texts)
    try:
        train_until("other", None, "--resume")
    except RuntimeError as error:
        return str(error)
keys = [f"network/{name}", f"best/{name}", f"average/{name}", f"soup/1/{name}"]
keys.append(next(key for key in tensors if key.startswith("optimizer/") and key.endswith("/exp_avg")))
print(json.dumps([
    *[[key, said({**tensors, key: tensors[key].new_zeros((7, *tensors[key].shape[1:]))})] for key in keys],
    ["best/elsewhere.bias", said({**tensors, "best/elsewhere.bias": tensors[keys[0]]})],
    [keys[0], said({key: value for key, value in tensors.items() if key != keys[0]})],
    ["", said(tensors)],
]))
`

const lastLine = (out: string): unknown => JSON.parse(out.trim().split('\n').at(-1) ?? '')

describe.skipIf(!hasPyTorch)(`train.py --resume (${python})`, () => {
  it('keeps the thresholds of an earlier phase where the one that goes on chooses none', () => {
    const [whole, parts] = lastLine(runPython(folder, ['-c', keptThresholds])) as { thresholds?: number[] }[]
    expect(whole?.thresholds?.length).toBeGreaterThan(1)
    expect(parts).toEqual(whole)
  })

  it('refuses a checkpoint of a network with another head by name, in whichever of its parts it is', () => {
    const said = lastLine(runPython(folder, ['-c', otherHeads])) as [string, string | null][]
    expect(said.pop()).toEqual(['', null])
    expect(said).toHaveLength(7)
    for (const [, message] of said)
      expect(message).toMatch(/^The checkpoint is of another network: it has (no )?\S+\/.* or begin anew\.$/)
    for (const [key, message] of said) expect(message).toContain(key)
  })
})
