import { operators } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../engine.js'
import { engines } from '../engines.js'
import { testNetwork } from '../testing/test-networks.js'
import { conformanceCases } from './conformance-cases.js'
import { describeOperators } from './describe-operators.js'
import { enginesUnderTest } from './engines-under-test.js'
import { casesFor } from './select-cases.js'

const [reference] = engines

describe('the cases', () => {
  it.each(operators.map(({ name }) => name))('are at least two for %s', (name) => {
    expect(conformanceCases.filter(({ operator }) => operator === name).length).toBeGreaterThanOrEqual(2)
  })
})

describe.each(enginesUnderTest.filter(({ info }) => info.available))('operators on $name', ({ engine, info }) => {
  if (reference) describeOperators(engine, reference, casesFor(engine), info.trains)
})

describe.each(enginesUnderTest.filter(({ info }) => !info.available))(
  '$name, which is not here',
  ({ engine, info }) => {
    it('says why and what to do, and refuses networks with an EngineError that names the device', async () => {
      expect(info.problem).toMatch(/.+\. .+/)
      const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })
      const error: unknown = await engine.forward(network, { tensors }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(EngineError)
      expect(String(error)).toContain(engine.device)
      expect((error as EngineError).fix).not.toBe('')
    })
  },
)
