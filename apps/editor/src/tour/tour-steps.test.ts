import { describe, expect, test } from 'vitest'
import { nextStep, tourSteps } from './tour-steps.js'
import type { TourView } from './tour-steps.js'

const view: TourView = { run: 'none', hasFolder: false, runId: null, runAtStart: null }
const stepNamed = (title: string) => tourSteps.find((step) => step.title === title)

describe('the tour', () => {
  test('can always be gone on with: by a button, or by what it waits for', () => {
    for (const step of tourSteps) expect(step.next !== null || step.isDone !== undefined, step.title).toBe(true)
  })

  test('waits for a run of its own, not for one from before', () => {
    const run = stepNamed('Run it')
    expect(run?.isDone?.({ ...view, runId: 'old', runAtStart: 'old', run: 'succeeded' })).toBe(false)
    expect(run?.isDone?.({ ...view, runId: 'new', runAtStart: 'old', run: 'queued' })).toBe(true)
  })

  test('ends with the person’s own folder trained', () => {
    const last = stepNamed('Train it on your images')
    expect(last?.isDone?.({ ...view, runId: 'new', run: 'running' })).toBe(false)
    expect(last?.isDone?.({ ...view, runId: 'new', run: 'succeeded' })).toBe(true)
    expect(nextStep(tourSteps.length - 1)).toBeNull()
  })
})
