import { createRandom, type Network } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { nodeHost } from '../../node/node-host.js'
import { openFitSession } from '../session/fit-session.js'
import { learningRateAt } from '../steps/learning-rate.js'
import { planFit } from '../plan/plan-fit.js'
import { createFakeEngine } from '../testing/fake-engine.js'
import { noiseSource, smallNetwork } from '../testing/small-problem.js'
import { checkTrainSettings, trainForm } from './index.js'

/** What a form lets through: its schema, and no error among the rules between fields. */
const form = z.strictObject(trainForm)
const validated = (params: unknown): z.output<typeof form> | null => {
  const parsed = form.safeParse(params)
  return parsed.success && !checkTrainSettings(parsed.data).some(({ severity }) => severity === 'error')
    ? parsed.data
    : null
}
const fieldsRefused = (params: unknown): readonly PropertyKey[] =>
  form.safeParse(params).error?.issues.flatMap(({ path }) => path[0] ?? []) ??
  checkTrainSettings(form.parse(params)).map(({ field }) => field)

/** Opens the loop and asks for the rate of its first and last step. */
async function open(settings: z.output<typeof form>, network: Network): Promise<void> {
  const engine = createFakeEngine()
  const { tensors } = smallNetwork()
  const train = noiseSource({ count: 30, random: true })
  const options = { network, tensors, engines: { forward: engine, training: engine }, train, settings }
  const session = await openFitSession(planFit(options, nodeHost), [engine])
  const last = session.settings.epochs * session.batches.stepsPerEpoch - 1
  for (const step of [0, last]) {
    const rate = learningRateAt(session, step)
    if (!(rate >= 0 && Number.isFinite(rate))) throw new Error(`The rate of step ${step} is ${rate}.`)
  }
  await session.dispose()
}

describe('settings that validation knows to be wrong, which used to fail in the middle of a run', () => {
  it.each([
    ['learningRate=0', { learningRate: 0 }, 'learningRate'],
    ['schedule=step stepFactor=0', { schedule: 'step', stepFactor: 0 }, 'stepFactor'],
    ['warmup=0.95', { warmup: 0.95 }, 'warmup'],
    ['seed=2147483648', { seed: 2_147_483_648 }, 'seed'],
  ])('%s is refused by its own name', (_, params, field) => {
    expect(validated(params)).toBeNull()
    expect(fieldsRefused(params)).toEqual([field])
  })

  it.each([
    ['backboneMultiplier=0', { backboneMultiplier: 0 }],
    ['stageMultipliers.body=0', { stageMultipliers: { body: 0 } }],
  ])('%s is allowed: those stages stay as they are', async (_, params) => {
    const settings = validated(params)
    if (settings === null) throw new Error('It was refused.')
    await open(settings, smallNetwork(3, 8, false).network)
  })
})

it('whatever validation accepts, training accepts', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = createRandom(seed)
  let accepted = 0
  for (let round = 0; round < 400; round++) {
    const network = randomNetwork(random)
    const params = randomParams(random, network)
    const settings = validated(params)
    if (settings === null) continue
    accepted += 1
    await open(settings, network).catch((error: unknown) => {
      throw new Error(`Seed ${seed}, round ${round}: ${JSON.stringify(params)}: ${String(error)}`)
    })
  }
  expect(accepted, `seed ${seed}`).toBeGreaterThan(40)
})

/** The small network with its body cut into stages of other names, frozen or not. */
function randomNetwork(random: () => number): Network {
  const { network } = smallNetwork(3, 8, random() < 0.5)
  const names = ['stem', 'block1', 'layers.0', 'body'].slice(0, 1 + Math.floor(random() * 3))
  const body = network.layers.slice(0, -1).map(({ name }) => name)
  const stages = names.map((name, index) => ({
    name,
    layers: body.filter((_, place) => Math.min(names.length - 1, place) === index),
  }))
  return { ...network, stages: [...stages, { name: 'head', layers: ['head.fc'] }] }
}

/** A value for some of the fields: within the bounds of its JSON Schema, on them, or just outside. */
function randomParams(random: () => number, { stages }: Network): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(form, { io: 'input' })
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      if (typeof schema === 'boolean' || random() < 0.5) return []
      if (name !== 'stageMultipliers') return [[name, randomValue(random, schema)]]
      const chosen = stages.filter(() => random() < 0.5)
      return [
        [name, Object.fromEntries(chosen.map((stage) => [stage.name, [0, 0.3, 1, 100][Math.floor(random() * 4)]]))],
      ]
    }),
  )
}

function randomValue(random: () => number, schema: z.core.JSONSchema.JSONSchema): unknown {
  if (schema.enum) return schema.enum[Math.floor(random() * schema.enum.length)]
  if (schema.type === 'boolean') return random() < 0.5
  const low = Number(schema.minimum ?? schema.exclusiveMinimum ?? 0)
  const high = Math.min(Number(schema.maximum ?? schema.exclusiveMaximum ?? 1000), 2 ** 40)
  const shape = random()
  const value = shape < 0.1 ? low : shape < 0.2 ? high : shape < 0.23 ? high + 1 : low + (high - low) * random() ** 4
  return schema.type === 'integer' ? Math.round(value) : value
}
