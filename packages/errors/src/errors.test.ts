import { describe, expect, it } from 'vitest'
import { fixOf, GraftError, isGraftError, must, textOf } from './index.js'

const error = new GraftError({ code: 'node', message: 'Nothing there.', fix: 'Put something there.', field: 'from' })

describe('an error that explains itself', () => {
  it('has code, message, fix and field, and no field when it is about none', () => {
    expect({ ...error, message: error.message }).toEqual({
      name: 'GraftError',
      code: 'node',
      message: 'Nothing there.',
      fix: 'Put something there.',
      field: 'from',
    })
    expect('field' in new GraftError({ code: 'node', message: '', fix: '' })).toBe(false)
  })
  it('is known by its shape, so that one from another copy of the class counts', () => {
    const foreign = Object.assign(new Error('Nothing there.'), { code: 'node', fix: 'Put something there.' })
    expect(isGraftError(error)).toBe(true)
    expect(isGraftError(foreign)).toBe(true)
  })
  it.each([
    ['an error of the system', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
    ['an error whose fix is not text', Object.assign(new Error(''), { code: 'node', fix: 1 })],
    ['an error whose field is not text', Object.assign(new Error(''), { code: 'node', fix: '', field: 1 })],
    ['an object that is not an error', { code: 'node', message: '', fix: '' }],
  ])('is not %s', (_, other) => {
    expect(isGraftError(other)).toBe(false)
  })
})

describe('the text of whatever was thrown', () => {
  it('holds what happened and how to fix it', () => {
    expect(textOf(error)).toBe('Nothing there. Put something there.')
    expect(textOf(new GraftError({ code: 'node', message: 'Nothing there.', fix: '' }))).toBe('Nothing there.')
  })
  it('is the message of any other error, and other things as text', () => {
    expect(textOf(new RangeError('too long'))).toBe('too long')
    expect(textOf('stopped')).toBe('stopped')
    expect(textOf(undefined)).toBe('undefined')
  })
  it('takes advice from the error before any other', () => {
    expect(fixOf(error, 'Try again.')).toBe('Put something there.')
    expect(fixOf(new Error('gone'), 'Try again.')).toBe('Try again.')
  })
})

describe('must', () => {
  it.each([[''], [0], [false], [Number.NaN]])('gives %j back: it is there', (value) => {
    expect(must(value, 'the value')).toBe(value)
  })
  it.each([[null], [undefined]])('says what is missing in place of %s', (value) => {
    expect(() => must(value, 'the scale of layer conv1')).toThrow(
      "The scale of layer conv1 is missing, which can't be.",
    )
  })
})
