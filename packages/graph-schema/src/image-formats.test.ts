import { expect, it } from 'vitest'
import { hasImageName, imageFormatNames } from './image-formats.js'

it('knows images by the ends of their names, in small or capital letters', () => {
  const images = ['a.jpg', 'A.JPEG', 'dir.d/b.tif', 'c.d.avif', 'anim.gif', 'phone.HEIC', 'a.bmp', 'a.pgm']
  const others = ['jpg', 'a.jxl', 'a.jpg.txt', '.', '', 'a.jpgx', 'dir.png/a']
  expect([...images, ...others].filter(hasImageName)).toEqual(images)
})

it('names all formats in one sentence', () => {
  expect(imageFormatNames).toBe('JPEG, PNG, WebP, TIFF, AVIF, GIF, HEIC, BMP, TGA or PPM')
})
