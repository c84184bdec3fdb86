import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeCrypto } from '@chaperone/node-crypto'
import { parseVerifierKey } from '@chaperone/tlog'
import { expect, test } from 'vitest'
import { testLog } from '../test/log.ts'
import { instantAt, organisation } from '../test/organisation.ts'
import { workFor } from '../test/work.ts'
import { openJournal } from './journal.ts'
import { openNotebook } from './notebook.ts'
import { logReader } from './read-log.ts'

test('what no checkpoint vouches for is bounded, and the reading begins anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-read-'))
  const made = organisation()
  const log = testLog(made.trustRoot.origin, made.log)
  const at = () => instantAt(0)
  const notebook = openNotebook((onRecord) => openJournal(join(folder, 'journal'), onRecord), at)
  const key = parseVerifierKey(made.trustRoot.logKey, nodeCrypto.sha256)
  const reader = logReader(notebook, key!, at, 2) // it was printed by us
  for (const order of ['wo-00000001', 'wo-00000002', 'wo-00000003'])
    log.append(workFor(made, log, { at, order: { order } }).submission())
  const { entries, checkpoint } = log.part(0)
  expect(reader.read({ from: 0, entries, checkpoint })).toEqual({
    ok: false,
    error: { code: 'log-too-long', size: 2 },
  })
  expect(notebook.memory.log.size).toBe(0)
  expect(
    reader.read({ ...log.part(0), entries: entries.slice(0, 2), checkpoint: log.checkpoint(2) }),
  ).toMatchObject({
    ok: true,
    value: { size: 2 },
  })
  expect(notebook.memory.submissions.size).toBe(2)
  notebook.close()
  rmSync(folder, { recursive: true, force: true })
})
