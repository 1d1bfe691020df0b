import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSafetensors } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { compareProgram, isSame } from '../parity/compare-program.js'
import { withSettings } from '../parity/network-graph.js'
import { hasPyTorch, python, runPython } from './python.js'

const workplace = new Workplace()
beforeAll(() => vi.stubEnv('GRAFT_HOME', workplace.home))
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

/** Stops with a checkpoint after the second epoch: in the third, more learns. */
const stopBetween = `
import sys
import checkpoints, train
write = checkpoints.write_checkpoint
def writing(path, phase, training):
    write(path, phase, training)
    if (training.state.epoch, training.state.position) == (2, 0):
        raise SystemExit(0)
train.write_checkpoint = writing
sys.argv = ["train.py", "--device", "cpu", "--out", "again"]
train.main()
`

const settings = {
  'train.epochs': '7',
  'train.learningRate': '0.004',
  'train.schedule': 'constant',
  'train.monitor': 'accuracy',
  'train.soup': '3',
  'train.unfreezeEvery': '1',
  'train.startSize': '32',
  'freeze.statistics': 'batch',
}

describe.skipIf(!hasPyTorch)(`training aids in exported programs (${python})`, () => {
  it('join epochs, unfreeze stages and grow images as the onnx engine, and go on in the middle of it', async () => {
    const found = await compareProgram(workplace, 'aids', withSettings('small-different', settings))
    expect(isSame(found), JSON.stringify(found)).toBe(true)
    expect(found.steps).toBe(30)
    expect(found.frozen).toBeGreaterThan(0)
    const folder = join(workplace.directory, 'program-aids')
    const { epochs } = eventsIn(folder).find(({ event }) => event === 'joined') ?? {}
    expect(epochs?.length).toBeGreaterThan(1)
    const whole = trainedIn(folder, 'runs')
    runPython(folder, ['-c', stopBetween])
    runPython(folder, ['train.py', '--device', 'cpu', '--resume', '--out', 'again'])
    expect(trainedIn(folder, 'again').equals(whole)).toBe(true)
  })
})

const eventsIn = (folder: string): readonly { readonly event: string; readonly epochs?: readonly number[] }[] =>
  readFileSync(join(folder, 'runs/metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly event: string })

/** All values that were learned, as bytes. */
const trainedIn = (folder: string, runs: string): Buffer => {
  const { tensors } = readSafetensors(readFileSync(join(folder, runs, 'trained.safetensors')))
  return Buffer.concat(
    [...tensors]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  )
}
