import { homedir } from 'node:os'

/**
 * A page without the path of the home folder, which has a person's name in it: pages are passed on. `~` stands for it,
 * which graphs can read, so that the graph in the page can still be run.
 */
export function withoutHome(page: string, home: string = homedir()): string {
  return home.length < 3 ? page : page.replaceAll(new RegExp(`${escaped(home)}(?=[/\\\\"'<&\\s])`, 'g'), '~')
}

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\]\\^{|}]/g, '\\$&')
