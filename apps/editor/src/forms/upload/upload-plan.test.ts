import { describe, expect, test } from 'vitest'
import { planUpload } from './upload-plan.js'

const drop = (...paths: readonly string[]) => planUpload(paths.map((path) => ({ path, content: path })))
const sent = (...paths: readonly string[]): unknown => {
  const plan = drop(...paths)
  return plan.kind === 'files' ? [plan.name, plan.files.map(({ path }) => path), plan.ignored] : plan.kind
}

describe('what was dropped', () => {
  test('is sent as it is when it is a zip', () =>
    expect(drop('My photos.zip')).toEqual({ kind: 'zip', name: 'My photos', content: 'My photos.zip' }))
  test('loses the folder around the class folders, which gives the name', () =>
    expect(sent('pets/cats/1.jpg', 'pets/dogs/2.JPG')).toEqual(['pets', ['cats/1.jpg', 'dogs/2.JPG'], 0]))
  test('keeps train and val folders', () =>
    expect(sent('pets/train/cats/1.jpg', 'pets/val/dogs/2.jpg')).toEqual([
      'pets',
      ['train/cats/1.jpg', 'val/dogs/2.jpg'],
      0,
    ]))
  test('keeps class folders that were dropped side by side', () =>
    expect(sent('cats/1.jpg', 'dogs/2.jpg')).toEqual(['photos', ['cats/1.jpg', 'dogs/2.jpg'], 0]))
  test('leaves out hidden files and those that are not images', () =>
    expect(sent('p/cats/.DS_Store', 'p/cats/1.jpg', 'p/dogs/2.png', 'p/__MACOSX/x/1.jpg', 'p/dogs/notes.txt')).toEqual([
      'p',
      ['cats/1.jpg', 'dogs/2.png'],
      3,
    ]))
  test('is refused without class folders, and without images', () => {
    expect(drop('1.jpg', '2.jpg')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('folders named as their classes'),
    })
    expect(drop('p/notes.txt')).toMatchObject({ kind: 'refused', message: expect.stringContaining('no images') })
    expect(drop('a.zip', 'b.zip')).toMatchObject({ kind: 'refused', message: expect.stringContaining('one zip file') })
  })
  test('never gives a name that leaves the folder', () => expect(drop('../../etc.zip')).toMatchObject({ name: 'etc' }))
})
