import { useState } from 'react'
import type { Draft } from './draft.ts'

interface KeptDraft {
  readonly draft: Draft
  readonly change: (parts: Partial<Draft>) => void
  /** False when it is too large to be kept: it lives in this page only. */
  readonly kept: boolean
}

/** A draft that survives a reload of this tab and leaves with it. */
export function useDraft(name: string, begin: () => Draft): KeptDraft {
  const key = keyOf(name)
  const [state, setState] = useState(() => ({ draft: remembered(key) ?? begin(), kept: true }))
  return {
    ...state,
    change: (parts) =>
      setState(({ draft }) => {
        const next = { ...draft, ...parts }
        return { draft: next, kept: remember(key, next) }
      }),
  }
}

/** Once a draft was submitted. */
export function forgetDraft(name: string): void {
  sessionStorage.removeItem(keyOf(name))
}

function keyOf(name: string): string {
  return `chaperone-draft-${name}`
}

function remembered(key: string): Draft | undefined {
  const text = sessionStorage.getItem(key)
  return text === null ? undefined : (JSON.parse(text) as Draft) // only `remember` writes under this key
}

function remember(key: string, draft: Draft): boolean {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft))
    return true
  } catch {
    sessionStorage.removeItem(key)
    return false
  }
}
