import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Writes src/source.ts from the scripts beside it: a pure package cannot read files, and what runs on a target should
 * be reviewed as a script. `node packages/runner/generate.ts`; a test fails when it was forgotten.
 */
export function generatedScript(): string {
  const read = (name: string) => readFileSync(new URL(`src/${name}`, import.meta.url), 'utf8')
  const script = read('boot.sh')
    .replace('@SUPERVISE@\n', () => betweenApostrophes(withoutComments(read('supervise.pl'))))
    .replace('@FALLBACK@\n', () => withoutComments(read('fallback.sh')))
  return withoutComments(script)
}

/** For an administrator to read before running it: with its comments. */
export function targetFactsFile(): string {
  return readFileSync(new URL('src/target-facts.sh', import.meta.url), 'utf8')
}

/** Comments are for the reader of the files; a force-command has a limit. */
function withoutComments(script: string): string {
  return script.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/^ +/gm, '')
}

function betweenApostrophes(script: string): string {
  if (script.includes("'"))
    throw new Error('boot.sh holds supervise.pl between apostrophes: it may have none')
  return script
}

if (import.meta.main) {
  const constant = (name: string, text: string) => `export const ${name} =\n  ${JSON.stringify(text)}\n`
  const source = [
    '// Made by generate.ts from boot.sh, supervise.pl, fallback.sh and target-facts.sh.\n',
    constant('runnerScript', generatedScript()),
    '\n/** For `chaperone target check`: prints what `judgeTarget` judges. */\n',
    constant('targetFactsScript', targetFactsFile()),
  ]
  writeFileSync(new URL('src/source.ts', import.meta.url), source.join(''))
}
