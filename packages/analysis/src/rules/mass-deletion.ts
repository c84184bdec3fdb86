import type { DerivedEffect } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'mass-deletion',
  level: 'stop',
  why: 'A whole folder of the system or of data goes, with everything below it, and nothing brings it back.',
  techniques: ['T1485', 'T1561'],
  needs: { effects: ['delete-data'] },
  find: (facts) =>
    eachEffect(
      facts,
      destroys,
      (effect) => `everything in ${effect.place} is destroyed and cannot be brought back`,
    ),
  fires: [
    'rm -rf /',
    'rm -rf /srv/data',
    'find /srv/data -mindepth 1 -delete',
    'dd if=/dev/zero of=/dev/sda',
    'rsync -a --delete /tmp/empty/ /srv/data/',
  ],
  silent: [
    'rm -rf /tmp/build',
    'rm -rf /srv/app/releases/2024-01',
    'rm file.txt',
    "find /srv/data -name '*.tmp' -delete",
    'rm -rf ./node_modules',
  ],
}

function destroys(effect: DerivedEffect, command: ResolvedCommand): boolean {
  if (effect.type !== 'delete-data') return false
  const program = programOf(command)
  const words = wordsOf(command)
  if (effect.kinds.includes('disk'))
    return (
      /^(dd|shred|wipefs|blkdiscard|cp|cat|tee|badblocks|scrub)$/.test(program) || effect.from === 'redirect'
    )
  if (!isWholeFolder(effect.place)) return false
  if (effect.from === 'code') return true
  if (program === 'rm') return words.some((word) => /^-\w*[rR]|^--recursive/.test(word))
  if (program === 'find')
    return !words.some((word) =>
      /^-(i?name|i?path|regex|[mca](time|min)|size|newer|user|empty|maxdepth|perm|inum)/.test(word),
    )
  if (program === 'rsync')
    return (
      words.some((word) => /^--delete/.test(word)) &&
      words.some((word) => /^\/tmp\/|empty|^\/dev\/shm/.test(word))
    )
  return /^(shred|unlink|srm|wipe)$/.test(program) && words.some((word) => /^-\w*r/.test(word))
}

const shortLived = /^\/(tmp|var\/tmp|var\/cache|dev\/shm|run|proc|mnt|media)(\/|$)/

/** A folder near the root: `/`, `/srv`, `/srv/data`, `/home/ana`. */
function isWholeFolder(place: string): boolean {
  const clean = place.replace(/\/(…|\*+|\{[^}]*\})?$/, '').replace(/\/\.\*?$/, '')
  if (clean === '' || clean === '~' || clean === '.') return place.startsWith('/') || place === '~'
  if (!clean.startsWith('/') || shortLived.test(clean) || /[*?…]/.test(clean)) return false
  return clean.split('/').length <= 3
}
