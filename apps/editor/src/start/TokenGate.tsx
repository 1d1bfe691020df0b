import { useEffect, useState } from 'react'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { ApiError, call } from '../api/client.js'
import { keepToken } from '../api/token.js'
import { Button } from '../ui/Button.js'
import './token-gate.css'

type Answer = 'open' | 'locked'

/** Whether the runner lets this page in. One that can't be reached is for the page itself to tell of. */
async function ask(): Promise<Answer> {
  return call('getQueue').then(
    () => 'open',
    (error: unknown) => (error instanceof ApiError && error.status === 401 ? 'locked' : 'open'),
  )
}

/**
 * Shows the page once the runner lets it in: a runner that other machines can reach wants the token that it was started
 * with.
 */
export function TokenGate({ children }: { readonly children: ReactNode }): ReactElement | null {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [wrong, setWrong] = useState(false)
  useEffect(() => void ask().then(setAnswer), [])
  if (answer === null) return null
  if (answer === 'open') return <>{children}</>
  const enter = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const token = new FormData(event.currentTarget).get('token')
    if (typeof token !== 'string' || token.trim() === '') return
    keepToken(token.trim())
    void ask().then((next) => {
      setWrong(next === 'locked')
      setAnswer(next)
    })
  }
  return (
    <main className="token-gate">
      <form onSubmit={enter}>
        <h1>This server needs a token</h1>
        <p>
          You find it in the file that <code>graft serve --token-file</code> was started with. It stays in this tab.
        </p>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autoComplete="off"
          autoFocus
          aria-invalid={wrong}
          aria-describedby="token-problem"
        />
        <p id="token-problem" role="alert">
          {wrong && 'That is not this server’s token.'}
        </p>
        <Button type="submit" variant="primary">
          Open Graft
        </Button>
      </form>
    </main>
  )
}
