import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Story } from '../story.ts'

/** What a hostile desk, or whoever takes over the gateway, can show to the gateway. */
export function deskToken({ demo }: Story): string {
  return readFileSync(join(demo.installation.places.gateway, 'desk.token'), 'utf8').trim()
}
