import { expect, it } from 'vitest'
import { toCsv } from './csv.js'

/** The rule that `toCsv` states, the other way round. */
const undo = (cell: string): string => (/^'+[=+\-@\t\r\n]/.test(cell) ? cell.slice(1) : cell)

it.each(['-dash', '=1+1', '@x', '+1', '\n=1', '\r=1', '\t=1', "'-dash", "''=x", "'quoted'", 'plain', 'a-b'])(
  'a class called %j is no formula, and can be read back',
  (name) => {
    const csv = toCsv([{ file: 'a.jpg', chosen: [], classes: [{ name, probability: 1 }] }], 1)
    const written = csv.slice(csv.indexOf('a.jpg,') + 6, csv.lastIndexOf(',1.000000'))
    const cell = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written
    expect(cell).not.toMatch(/^[=+\-@\t\r\n]/)
    expect(undo(cell)).toBe(name)
  },
)
