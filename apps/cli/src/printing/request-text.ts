import type { OutputRequest } from '@chaperone/contract'

/** What a technician asked to see, and what became of it. */
export function requestText({ request, version, step, wish, answer }: OutputRequest): string {
  const state =
    answer === null ? 'not answered yet' : answer === 'released' ? 'released' : `declined: ${answer}`
  return `request ${request} for output of step ${step} of version ${version}: ${wishText(wish)}\n  ${state}`
}

function wishText(wish: OutputRequest['wish']): string {
  if (wish === null) return '[erased]'
  if (wish.about === 'lines') return `lines ${wish.from} to ${wish.to}`
  return wish.about === 'containing' ? `lines containing \`${wish.text}\`` : wish.text
}
