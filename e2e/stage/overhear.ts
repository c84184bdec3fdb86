import type { Actor } from './actor.ts'

/** Everything that one browser was told by the app: answers, and events as they came. */
export interface Overheard {
  /** Waits for answers that are still being read, and gives all of it. */
  all(): Promise<readonly { readonly from: string; readonly text: string }[]>
}

/** Keeps what the server tells a browser from now on. Scripts, styles and pictures are everybody's. */
export async function overhear({ page, context }: Actor): Promise<Overheard> {
  const heard: Promise<{ readonly from: string; readonly text: string }>[] = []
  context.on('response', (response) => {
    const type = response.request().resourceType()
    if (['script', 'stylesheet', 'font', 'image', 'eventsource'].includes(type)) return
    const from = `${response.request().method()} ${new URL(response.url()).pathname}`
    const head = JSON.stringify(response.headers())
    const told = response.text().then(
      (body) => ({ from, text: `${head}\n${body}` }),
      () => ({ from, text: head }), // an answer without a body, or to a page that has gone
    )
    heard.push(told)
  })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  devtools.on('Network.eventSourceMessageReceived', ({ eventName, eventId, data }) =>
    heard.push(Promise.resolve({ from: 'event stream', text: `${eventName} ${eventId} ${data}` })),
  )
  return { all: () => Promise.all(heard) }
}
