import { expect, test } from 'vitest'
import { testManifests } from '../../document/graph/test-graph.js'
import { pickPreviews, showsImages } from './pick-previews.js'

const sheet = (title: string): Parameters<typeof pickPreviews>[0][number] => ({
  title,
  blob: { sha256: title, bytes: 1, mediaType: 'image/jpeg' },
})
const titles = (...args: Parameters<typeof pickPreviews>): readonly unknown[] => {
  const { previews, isOld } = pickPreviews(...args)
  return [...previews.map(({ title }) => title), isOld]
}

test('nodes that give images at no great cost show them before a run', () => {
  const manifest = testManifests.get('augment')
  expect(showsImages(manifest)).toBe(true)
  expect(showsImages(manifest && { ...manifest, usesEngine: true })).toBe(false)
  expect([showsImages(testManifests.get('freeze')), showsImages(undefined)]).toEqual([false, false])
})

test('the images of a run are shown while they are of these settings, then those of the new ones', () => {
  expect(titles([sheet('run')], false, [sheet('now')], false)).toEqual(['run', false])
  expect(titles([sheet('run')], true, [sheet('now')], false)).toEqual(['now', false])
})

test('without a run, and while the new ones are on their way, what is there is shown and marked', () => {
  expect(titles([], false, [sheet('now')], true)).toEqual(['now', true])
  expect(titles([sheet('run')], true, [], false)).toEqual(['run', true])
  expect(titles([], false, [], false)).toEqual([false])
})
