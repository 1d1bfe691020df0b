import { readFileSync } from 'node:fs'
import { isGraftError, textOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../values/random.js'
import type { WeightsFile } from '../format.js'
import { filesInMemory, modelFilesOver } from '../model-files.js'
import { openPyTorchFile, pytorchFormat } from './format.js'

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
const open = (bytes: Uint8Array): Promise<WeightsFile> => openPyTorchFile(filesInMemory({ 'a.pth': bytes }), 'a.pth')
const problemOf = (bytes: Uint8Array): Promise<string> => open(bytes).then(() => 'was read', textOf)
const count = (length: number, scale = 1): number[] => Array.from({ length }, (_, index) => index / scale)
const tenths = count(24, 10).map(Math.fround)

/** What `fixtures/make_fixtures.py` has put into the files. */
const expected: Readonly<Record<string, [shape: number[], values: number[]]>> = {
  plain: [[2, 3, 4], count(24, 8)],
  half: [[4, 6], count(24, 8)],
  bfloat: [[4, 6], count(24, 8)],
  double: [[24], count(24, 8)],
  whole: [[], [7]],
  byte: [[6], count(6)],
  truth: [[3], [1, 0, 1]],
  transposed: [[6, 4], count(24).map((index) => ((index % 4) * 6 + Math.floor(index / 4)) / 8)],
  channels_last: [[1, 2, 3, 4], count(24, 8)],
  first: [[4], tenths.slice(0, 4)],
  last: [[4], tenths.slice(20)],
  parameter: [[2], [0, 1]],
  empty: [[0, 3], []],
}

describe('a state dict of torch.save', () => {
  it.each(['zip.pth', 'legacy.pth'])(
    'in %s is read with every element type, stride and shared storage',
    async (name) => {
      const file = await open(fixture(name))
      expect([...file.shapes.keys()]).toEqual(Object.keys(expected))
      for (const [tensor, [shape, values]] of Object.entries(expected)) {
        const { shape: read, data } = await file.read(tensor)
        expect([read, [...data]], tensor).toEqual([shape, values])
      }
    },
  )

  it('is found inside what a training program saved, the averaged weights first', async () => {
    const file = await open(fixture('wrapped.pth'))
    expect([...file.shapes.keys()]).toEqual(
      Object.keys(expected).flatMap((key) => (key === 'empty' ? [] : [`module.${key}`])),
    )
    expect((await file.read('module.last')).data).toEqual(Float32Array.from(tenths.slice(20)))
  })

  it.each(['zip.pth', 'legacy.pth'])('in %s is read in slices: only what a tensor needs', async (name) => {
    const bytes = fixture(name)
    let read = 0
    const files = modelFilesOver(
      {
        size: async () => bytes.length,
        bytes: async (_, from, to) => {
          read += to - from
          return bytes.slice(from, to)
        },
      },
      { label: name, main: name, names: [name] },
    )
    const file = await openPyTorchFile(files, name)
    read = 0
    await file.read('last')
    expect(read).toBeLessThanOrEqual(16 + 30)
  })

  it('is known by its first bytes', () => {
    for (const name of ['zip.pth', 'legacy.pth', 'script.pt', 'attack.pkl'])
      expect(pytorchFormat.recognises(fixture(name)), name).toBe(true)
  })
})

describe('what is more than weights', () => {
  it.each([
    ['attack.pth', /os\.system \(posix\.system\) to be run.*Graft runs nothing/],
    ['attack.pkl', /os\.system \(posix\.system\) to be run/],
    ['module.pth', /whole pickled network \(an object of torch\.nn\.modules\.container\.Sequential\).*state_dict/],
    ['script.pt', /TorchScript program.*torch\.jit\.load.*state_dict/],
  ])('%s is refused by name, with a way on', async (name, said) => {
    expect(await problemOf(fixture(name))).toMatch(said)
  })

  const text = (letters: string): Uint8Array => new TextEncoder().encode(letters)
  it.each([
    ['a call by name', '\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R.'],
    ['the instruction INST of old pickles', '\x80\x02(S"echo"\nios\nsystem\n.'],
    ['a name put together', '\x80\x04\x8c\x02os\x8c\x06system\x93.'],
  ])('%s is refused as os.system', async (_, pickle) => {
    expect(await problemOf(Uint8Array.from(pickle, (letter) => letter.charCodeAt(0)))).toMatch(/asks for os\.system/)
  })

  it('a value is remembered by a number, else the pickle is refused with what stands there', async () => {
    for (const pickle of ['\x80\x02Npx1\n.', '\x80\x02Ngx1\n.'])
      expect(await problemOf(Uint8Array.from(pickle, (letter) => letter.charCodeAt(0)))).toMatch(/the number "x1"/)
  })

  it('a pickle of other things is no PyTorch file', async () => {
    expect(await problemOf(text('\x80').slice(1))).not.toBe('was read')
    expect(await problemOf(Uint8Array.of(0x80, 2, 0x4e, 0x2e))).toMatch(/not as PyTorch saves them/)
  })
})

// GRAFT_FUZZ=100000 for the long run.
const rounds = Number(process.env['GRAFT_FUZZ'] ?? 1500)
const seed = Number(process.env['GRAFT_FUZZ_SEED'] ?? 4)

describe(`damaged files (${rounds} of seed ${seed})`, () => {
  it.each(['zip.pth', 'legacy.pth', 'wrapped.pth'])(
    '%s give tensors or an error that explains itself',
    async (name) => {
      const random = createRandom(seed)
      const whole = fixture(name)
      for (let round = 0; round < rounds; round++) {
        const bytes = mutated(whole, random)
        try {
          const file = await open(bytes)
          for (const tensor of file.shapes.keys()) {
            const { shape, data } = await file.read(tensor)
            expect(data.length).toBe(shape.reduce((product, size) => product * size, 1))
          }
        } catch (error) {
          if (!isGraftError(error)) throw new Error(`round ${round}`, { cause: error })
        }
      }
    },
    3_600_000,
  )
})

function mutated(whole: Uint8Array, random: () => number): Uint8Array {
  const bytes = whole.slice(0, random() < 0.2 ? Math.floor(random() * whole.length) : whole.length)
  const changes = 1 + Math.floor(random() * 6)
  for (let change = 0; change < changes; change++)
    bytes[Math.floor(random() * bytes.length)] = random() < 0.3 ? 255 : Math.floor(random() * 256)
  return bytes
}
