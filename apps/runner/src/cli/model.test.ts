import { describe, expect, it } from 'vitest'
import { networkSummarySchema } from '@graft/graph-schema'
import { callStubGraft } from '../testing/call-graft.js'

describe('graft model show', () => {
  it('says what a network is, stage by stage, and where it may be cut', async () => {
    const { code, stdout, stderr } = await callStubGraft(['model', 'show', 'embedded:graftnet-64'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('211,456')
    expect(stdout).toMatch(/stage +layers +shape +parameters +operations +sees +notes\nstem +3 +16 x 32 x 32 +464/)
    expect(stdout).toMatch(/head +\d+ +40 +\d[\d,]* +\d[\d,]* +all/)
    expect(stdout).toContain('It may be cut after every stage (stem, stage1')
    expect(stdout).not.toContain('stem.conv_bn')
  })

  it('lists every layer with --layers, and marks legal cuts: not inside a residual block', async () => {
    const { stdout } = await callStubGraft(['model', 'show', 'embedded:graftnet-64', '--layers'])
    expect(stdout).toMatch(/ {2}stem\.conv_bn +BatchNormalization +16 x 32 x 32 +32 +0 +3 x 3 +cut/)
    expect(stdout).toMatch(/ {2}stage2\.1\.depthwise +Conv .*\d+ x \d+\n/)
  })

  it('prints the same as data with --json', async () => {
    const { stdout } = await callStubGraft(['model', 'show', 'embedded:graftnet-64', '--json'])
    const summary = networkSummarySchema.parse(JSON.parse(stdout))
    const layers = summary.stages.flatMap((stage) => stage.layers)
    expect(summary.stages[0]).toMatchObject({ name: 'stem', receptiveField: { height: 3, width: 3 } })
    expect(layers.find(({ name }) => name === 'stage2.1.depthwise')).toMatchObject({ cut: false })
    expect(layers.at(-1)).toMatchObject({ cut: true, receptiveField: null })
  })

  it('says what is wrong with a source, and what can be given', async () => {
    const { code, stderr } = await callStubGraft(['model', 'show', 'nowhere.onnx'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/There is nothing at .*nowhere\.onnx\.\n {2}fix: Give the path of a file or folder/)
  })
})
