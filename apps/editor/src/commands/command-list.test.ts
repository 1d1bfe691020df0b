// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'

// The list reaches parts of the page that look for a browser when they are loaded.
vi.stubGlobal('location', { hash: '', protocol: 'http:', host: 'localhost' })

describe('the list of commands', () => {
  it('has ids and first shortcuts that differ, and every menu names commands that exist', async () => {
    const { commands, commandOf } = await import('./commands.js')
    const ids = commands.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const shortcuts = commands.flatMap(({ shortcuts: keys }) => keys ?? [])
    expect(shortcuts.filter((shortcut, index) => shortcuts.indexOf(shortcut) !== index)).toEqual([])
    const { menus } = await import('./menus.js')
    for (const id of Object.values(menus).flat()) if (id !== null) expect(commandOf(id).title).not.toBe('')
    expect(() => commandOf('nothing')).toThrow(/no command "nothing"/)
  })

  it('is found by the words that people look for', async () => {
    const { commands } = await import('./commands.js')
    const found = (word: string): readonly string[] =>
      commands
        .filter(({ title, keywords }) => `${title} ${keywords ?? ''}`.toLowerCase().includes(word))
        .map(({ id }) => id)
    expect(found('tour')).toContain('tour')
    expect(found('plugin')).toContain('plugins')
    expect(found('help')).toEqual(expect.arrayContaining(['tour', 'plugins', 'shortcuts']))
    expect(found('json')).toEqual(expect.arrayContaining(['json', 'download']))
    for (const word of ['train', 'export', 'delete', 'align']) expect(found(word), word).not.toEqual([])
  })
})
