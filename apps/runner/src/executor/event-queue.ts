/** Hands values from code that pushes them to a reader that pulls them, in order and without delay. One reader. */
export class EventQueue<Value> implements AsyncIterable<Value> {
  private readonly waiting: Value[] = []
  private closed = false
  private wake: (() => void) | null = null

  push(value: Value): void {
    if (this.closed) return
    this.waiting.push(value)
    this.wake?.()
  }

  /** No more values; the reader ends once it has had those already pushed. */
  close(): void {
    this.closed = true
    this.wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, void, void> {
    for (;;) {
      while (this.waiting.length > 0) yield this.waiting.shift() as Value
      if (this.closed) return
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
      this.wake = null
    }
  }
}
