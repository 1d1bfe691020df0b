import { expect, it } from 'vitest'
import { createTestContext } from '../../testing/test-context.js'
import { trainCheckpoints } from './train-checkpoints.js'

it('a damaged checkpoint costs a warning and the work since the one before, never the run', async () => {
  const context = createTestContext()
  const checkpoints = trainCheckpoints(
    {
      load: async (warn) => {
        warn?.('The checkpoint is damaged.')
        return null
      },
      isDue: () => true,
      save: async () => undefined,
    },
    context,
  )
  expect(await checkpoints.load()).toBeNull()
  expect(context.messages('warning')).toEqual(['The checkpoint is damaged.'])
})
