import { canonicalBytes, fromUtf8, toBase64, utf8, type Json } from '@chaperone/encoding'
import { rosterDigest, type Event, type Roster } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { cosignNote, printCheckpoint, signCheckpoint, verifierKey } from '@chaperone/tlog'
import { sampleExport, type SampleOrganisation } from '@chaperone/testkit'
import { ed25519Key } from './keys.ts'
import { vectorAdoptions, vectorRoster, vectorSigned } from './roster-vectors.ts'

const { sha256 } = nodeCrypto

/** The sample organisation with vector keys. */
function vectorOrganisation(): SampleOrganisation {
  const roster: Roster = { ...vectorRoster(), issued: '2026-01-01T00:00:00Z' }
  const { origin, key: logKey } = roster.log
  const [log, signer] = [ed25519Key('log'), ed25519Key('signer')]
  const keys = [
    verifierKey(origin, 1, log.point, sha256),
    verifierKey(`${origin}/signer`, 4, signer.point, sha256),
  ] as const
  const rosterBytes = canonicalBytes(roster as unknown as Json)
  return {
    roster,
    rosterBytes,
    adoptions: vectorAdoptions(roster, ['p-officerone', 'p-officertwo']),
    trustRoot: {
      format: 'chaperone-root/v1',
      organisation: roster.organisation,
      origin,
      logKey,
      signerKey: roster.signer.key,
      rosterDigest: rosterDigest(rosterBytes, sha256),
    },
    sign: vectorSigned,
    signText: () => {
      throw new Error('vectors sign statements only')
    },
    checkpoint(size, root, time) {
      const text = printCheckpoint({ origin, size, root })
      const signed = signCheckpoint({ origin, size, root }, keys[0], (message) => log.sign(message))
      return signed + cosignNote(text, keys[1], time, (message) => signer.sign(message))
    },
  }
}

/** spec/export.md: one order, all of it opened; and changes to it with the rule that each breaks. */
export function exportVectors(): Json {
  const organisation = vectorOrganisation()
  const files = sampleExport(organisation, { steps: 2, opened: true })
  const entries = [...files.keys()].find((path) => path.startsWith('tile/entries/')) ?? ''
  const flipped = (path: string, at: number) => {
    const bytes = files.get(path) ?? new Uint8Array()
    return toBase64(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)))
  }
  const chunk = [...files.keys()].find((path) => path.endsWith('0.chunk')) ?? ''
  const forged = sampleExport(organisation, { steps: 2, opened: true, change: withoutDecision })
  return {
    trustRoot: { ...organisation.trustRoot },
    files: spelt(files),
    verdict: 'proven',
    changed: [
      { why: 'a byte of an entry', rule: 'entries-unchanged', files: { [entries]: flipped(entries, 60) } },
      { why: 'a byte of a recording', rule: 'recordings-chained', files: { [chunk]: flipped(chunk, 0) } },
      {
        why: 'a byte of the log’s signature',
        rule: 'checkpoint-signed',
        files: {
          checkpoint: toBase64(
            utf8(
              (fromUtf8(files.get('checkpoint') ?? new Uint8Array()) ?? '').replace(
                /.{9}\n— /,
                'AAAAAAAA=\n— ',
              ),
            ),
          ),
        },
      },
      { why: 'the log written without its decision', rule: 'runs-allowed', files: spelt(forged) },
    ],
  }
}

function withoutDecision(event: Event): readonly Event[] {
  return event.type === 'decision-recorded' ? [] : [event]
}

function spelt(files: ReadonlyMap<string, Uint8Array>): Json {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, toBase64(bytes)]))
}
