import { expect, test } from 'vitest'
import { splitDoc } from './split-doc.js'

test('the first sentence stands alone', () => {
  expect(splitDoc('Reads images. Put Split after it.\nEvery file is checked.')).toEqual({
    first: 'Reads images.',
    rest: ['Put Split after it.', 'Every file is checked.'],
  })
})

test('lines that break inside a sentence are joined', () => {
  expect(splitDoc('Draws images. Similar to what the\nbackbone has seen.\nUse others.')).toEqual({
    first: 'Draws images.',
    rest: ['Similar to what the backbone has seen.', 'Use others.'],
  })
})

test('abbreviations and numbers end no sentence', () =>
  expect(splitDoc('Takes e.g. 0.5 of them.').first).toBe('Takes e.g. 0.5 of them.'))
