/** A recipe of CONTRIBUTING.md, followed to the letter: files that are written, and lists that get a line. */
export interface Recipe {
  /** What is added: `node`, `operator` ... as in the headings of CONTRIBUTING.md. */
  readonly adds: string
  /** New files: path from the root, and text. */
  readonly files: Readonly<Record<string, string>>
  /** Lists: the file, the import it needs, the text after which the entry goes, and the entry. */
  readonly lists: readonly {
    readonly path: string
    readonly imports?: string
    readonly after: string
    readonly entry: string
  }[]
  /** The suites that must take the new thing up by themselves, and what their tests' names contain then. */
  readonly suites: readonly { readonly file: string; readonly tests: string }[]
}
