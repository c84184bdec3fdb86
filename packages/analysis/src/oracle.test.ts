import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { analyseText } from './analyse.ts'

/**
 * What really runs, against what we say runs: constant commands are run in an empty world without network whose
 * programs do nothing but write down the words they were given.
 */
const commands: readonly string[] = [
  "c''at /etc/sha''dow",
  'a=c; b=at; $a$b /etc/hosts',
  '{cat,/etc/hosts}',
  'IFS=_; c=cat_/etc/hosts; $c',
  "$'\\143at' $'/etc/h\\x6fsts'",
  'n=/ETC/HOSTS; cat "${n,,}"',
  'v=xcatx; v=${v#x}; ${v%x} a',
  'v=cQt; ${v/Q/a} a',
  'w=(cat a b); "${w[@]}"',
  'w=(x y); w[5]=cat; ${w[5]} "${#w[@]}" "${w[-1]}"',
  'r=k; k=cat; ${!r} a',
  'printf -v z %s cat; $z a',
  'set -- cat a; "$@"',
  'set -- a b c; cat "$#" "$2" "${@:2}" "$*"',
  'f() { cat "$1" "$#"; }; f x y',
  'eval "c""at x"',
  'read -r q s <<< "cat a b"; $q "$s"',
  'for i in 1 2 3; do cat "$i"; done',
  'case abc in a*) cat yes;; *) cat no;; esac',
  'cat "$(printf a; printf b)"',
  'cat $((1 + 2 * 3)) $((0x10)) $((2#101)) $((7 / 2)) $((7 % 4)) $((1 << 4))',
  'cat {1..3} {c..a} x{a,b}y {01..03}',
  'x="a b"; cat $x "$x"',
  'x="a  b"; cat $x',
  'cat "a\\"b" \'c d\' e\\ f',
  'cat "${u:-d}" "${u+x}" "${u-e}"',
  'x=abcdef; cat "${x:1:3}" "${x: -2}" "${#x}" "${x:2}"',
  'x=a.b.c; cat "${x%.*}" "${x%%.*}" "${x#*.}" "${x##*.}"',
  'x=aXbXc; cat "${x/X/-}" "${x//X/-}" "${x/#a/z}" "${x/%c/z}"',
  'x=abc; cat "${x^}" "${x^^}" "${x@Q}"',
  'declare -A m=([k]=v [l]=w); cat "${m[k]}" "${m[l]}"',
  'cat <<< hello',
  'echo "cat from-pipe" | sh',
  'sh -c \'cat "$1" "$0"\' zero one',
  'bash -c "bash -c \'cat deep\'"',
  'env A=1 cat a',
  'trap "cat end" EXIT',
  'x=1; (x=2; cat "$x"); cat "$x"',
  'x=$(echo one two); cat $x; cat "$x"',
  'cat -- -n "" a',
  'alias c=cat\nshopt -s expand_aliases\nc aliased',
  'mapfile -t l <<< $\'a\\nb\'; cat "${l[1]}"',
  'set -- $(printf "%s\\n" p q); cat "$2"',
  'x=\'$y\'; y=deep; eval cat "$x"',
  "cat $'tab\\there' $'\\u00e9'",
  'i=5; cat $((i++)) $i $((--i))',
]

const bwrap = spawnSync('bwrap', ['--version']).status === 0
const works = bwrap && spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-all', 'true']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'cp-oracle-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes its words, each with its length before it, so that no word can look like two. */
const stub = '#!/bin/bash\n{ printf "%s\\0" cat "$@"; printf "\\n\\0"; } >> /log/words\n'

function reallyRuns(command: string): readonly (readonly string[])[] {
  for (const name of ['bin', 'log']) {
    rmSync(join(folder, name), { recursive: true, force: true })
    mkdirSync(join(folder, name))
  }
  writeFileSync(join(folder, 'bin', 'cat'), stub)
  chmodSync(join(folder, 'bin', 'cat'), 0o755)
  writeFileSync(join(folder, 'log', 'words'), '')
  const world = [
    '--ro-bind',
    '/usr',
    '/usr',
    '--symlink',
    'usr/bin',
    '/bin',
    '--symlink',
    'usr/lib',
    '/lib',
    '--symlink',
    'usr/lib64',
    '/lib64',
    '--ro-bind',
    join(folder, 'bin'),
    '/stubs',
    '--bind',
    join(folder, 'log'),
    '/log',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--chdir',
    '/tmp',
    '--unshare-all',
    '--die-with-parent',
    '--clearenv',
    '--setenv',
    'PATH',
    '/stubs:/usr/bin',
    '--setenv',
    'LC_ALL',
    'C.UTF-8',
  ]
  spawnSync('bwrap', [...world, 'bash', '-s'], { input: command, timeout: 20_000 })
  const words = readFileSync(join(folder, 'log', 'words'), 'utf8')
    .split('\0')
    .slice(0, -1)
  const runs: string[][] = [[]]
  for (const word of words) {
    if (word === '\n') runs.push([])
    else runs.at(-1)?.push(word)
  }
  return runs.slice(0, -1)
}

test.skipIf(!works).for(commands)('runs what we say: %s', (command) => {
  const ours = analyseText('bash', command).analysis.commands.filter(({ argv }) => argv[0] === 'cat')
  expect(ours.map(({ argv }) => argv)).toEqual(reallyRuns(command))
})

test('the world to compare with can be made here, or is said to be missing', () => {
  if (!works)
    console.log('not compared with what really runs: bubblewrap is missing or may not make namespaces')
  expect(commands.length).toBeGreaterThan(40)
})
