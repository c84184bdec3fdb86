import { concat, fromBase64, fromHex, toBase64, toHex, utf8, type Json } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  consistencyProof,
  cosignNote,
  encodeBundle,
  Frontier,
  inclusionProof,
  leafHash,
  printCheckpoint,
  printVerifierKey,
  rangeRoot,
  signCheckpoint,
  tilePath,
  verifierKey,
} from '@chaperone/tlog'
import { ed25519Key } from './keys.ts'

const { sha256 } = nodeCrypto

/** The eight leaves that RFC 6962's first implementations were tested with. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
/** Roots of the first 1 to 8 of them, as published with certificate-transparency and trillian. */
const publishedRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** spec/log.md: trees, proofs, tiles. */
export function treeVectors(): Json {
  const nodes = new Map<string, Uint8Array>()
  const frontier = new Frontier(sha256)
  for (const leaf of leaves) {
    frontier.append(leafHash(fromHex(leaf) ?? new Uint8Array(), sha256), (level, index, hash) =>
      nodes.set(`${level}/${index}`, hash),
    )
  }
  const at = (level: number, index: number) => nodes.get(`${level}/${index}`) ?? new Uint8Array()
  const sizes = leaves.map((_, i) => i + 1)
  return {
    leaves,
    emptyRoot: toHex(sha256(new Uint8Array(0))),
    publishedRoots,
    inclusion: sizes.flatMap((size) =>
      sizes.slice(0, size).map((one) => ({
        index: one - 1,
        size,
        proof: inclusionProof(one - 1, size, at, sha256).map(toHex),
      })),
    ),
    consistency: sizes.flatMap((newer) =>
      sizes.slice(0, newer).map((older) => ({
        older,
        newer,
        olderRoot: toHex(rangeRoot(0, older, at, sha256)),
        proof: consistencyProof(older, newer, at, sha256).map(toHex),
      })),
    ),
    tiles: (
      [
        [0, 0, 256],
        [0, 5, 17],
        ['entries', 5, 17],
        [0, 999, 256],
        [0, 1000, 256],
        [1, 1_234_067, 1],
        ['entries', 1_234_067, 256],
      ] as const
    ).map(([level, index, width]) => ({ level, index, width, path: tilePath(level, index, width) })),
    bundles: {
      valid: [[''], ['00'], ['2021', '', '40414243']].map((entries) => ({
        entries,
        bundle: toHex(encodeBundle(entries.map((entry) => fromHex(entry) ?? new Uint8Array()))),
      })),
      invalid: ['00', '0001', '00022', '000100ff']
        .map((bundle) => (bundle.length % 2 === 0 ? bundle : `${bundle}0`))
        .concat('0001'.repeat(3)),
    },
  }
}

/** Checkpoints as signed notes, with cosignatures. */
export function noteVectors(): Json {
  const [log, signer] = [ed25519Key('log'), ed25519Key('signer')]
  const origin = 'log.example/orders'
  const logKey = verifierKey(origin, 1, log.point, sha256)
  const signerKey = verifierKey(`${origin}/signer`, 4, signer.point, sha256)
  const checkpoint = { origin, size: 41, root: sha256(utf8('root')) }
  const text = printCheckpoint(checkpoint)
  const signed = signCheckpoint(checkpoint, logKey, (message) => log.sign(message))
  const cosigned = signed + cosignNote(text, signerKey, 1_790_000_000, (message) => signer.sign(message))
  const stranger =
    signed +
    cosignNote(text, verifierKey('witness.example', 4, ed25519Key('x').point, sha256), 1, (message) =>
      ed25519Key('x').sign(message),
    )
  const otherText = printCheckpoint({ ...checkpoint, origin: 'log.example/other' })
  const resigned = (changed: string) =>
    `${changed}\n— ${origin} ${toBase64(concat(logKey.id, log.sign(utf8(changed))))}\n`
  return {
    logKey: printVerifierKey(logKey),
    signerKey: printVerifierKey(signerKey),
    valid: [
      { name: 'signed by the log', note: signed, size: 41, root: toHex(checkpoint.root), cosigned: null },
      { name: 'cosigned', note: cosigned, size: 41, root: toHex(checkpoint.root), cosigned: 1_790_000_000 },
      {
        name: 'cosigned by somebody unknown',
        note: stranger,
        size: 41,
        root: toHex(checkpoint.root),
        cosigned: null,
      },
    ],
    invalid: [
      ['another size', signed.replace('\n41\n', '\n42\n'), 'note-signature-bad'],
      ['a leading zero', resigned(text.replace('\n41\n', '\n041\n')), 'checkpoint-malformed'],
      [
        'a size that is not exact',
        resigned(text.replace('\n41\n', '\n9007199254740993\n')),
        'checkpoint-malformed',
      ],
      ['an extension line', resigned(`${text}more\n`), 'checkpoint-malformed'],
      [
        'a root of 31 bytes',
        resigned(`${origin}\n41\n${toBase64(checkpoint.root.subarray(1))}\n`),
        'checkpoint-malformed',
      ],
      [
        'a root with other base64',
        resigned(`${origin}\n41\n${toBase64(checkpoint.root).replace('=', '')}\n`),
        'checkpoint-malformed',
      ],
      ['another origin', `${otherText}\n${signed.split('\n\n')[1] ?? ''}`, 'checkpoint-origin'],
      ['no signature', text, 'note-malformed'],
      ['an empty signature line', `${text}\n`, 'note-malformed'],
      ['a hyphen for the dash', signed.replace('—', '-'), 'note-malformed'],
      ['another name', signed.replace('— log.', '— lag.'), 'note-unsigned'],
      ['a carriage return', signed.replace('\n41\n', '\r\n41\r\n'), 'checkpoint-malformed'],
    ].map(([why = '', note = '', code = '']) => ({ why, note, code })),
    badCosignatures: [
      { why: 'another time', note: signed + retimed(cosigned.slice(signed.length)) },
      {
        why: 'of another size',
        note: resigned(text.replace('\n41\n', '\n42\n')) + cosigned.slice(signed.length),
      },
    ],
    published: {
      // The example of Go's golang.org/x/mod/sumdb/note.
      key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    },
  }
}

/** A cosignature's line with another second in it: key id, then eight bytes of time. */
function retimed(line: string): string {
  const [dash = '', name = '', base64 = ''] = line.trimEnd().split(' ')
  const bytes = fromBase64(base64) ?? new Uint8Array()
  return `${dash} ${name} ${toBase64(bytes.map((byte, i) => (i === 11 ? byte ^ 1 : byte)))}\n`
}
