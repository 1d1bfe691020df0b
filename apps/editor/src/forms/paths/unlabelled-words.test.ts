import { expect, test } from 'vitest'
import { unlabelledWords } from './unlabelled-words.js'

test('unlabelled images are counted, with the folders below, and nobody is asked to sort them', () => {
  expect(unlabelledWords(1, 0)).toBe('1 image here. They need no class folders.')
  expect(unlabelledWords(1200, 2)).toBe('1,200 images here, and those in 2 folders. They need no class folders.')
})
