import type { Effect, Question } from '../analysis.ts'
import { phraseOf } from './phrases.ts'

const changing: readonly string[] = [
  'config-change',
  'service-change',
  'package-change',
  'account-change',
  'privilege-change',
  'firewall-change',
  'delete-data',
  'schedule-change',
  'mount-change',
  'kernel-change',
  'process-control',
  'write-file',
  'log-tamper',
  'persistence',
]
const interrupting: Readonly<Record<string, string>> = {
  'service-change': 'the service %s may be interrupted',
  'process-control': 'the running program %s may end',
  'firewall-change': 'network connections may be cut',
  'mount-change': 'files below %s may be out of reach',
  'kernel-change': 'the whole machine may be affected',
  'package-change': 'services that use %s may restart',
  'delete-data': 'whatever uses %s may fail',
}
const others: Readonly<Record<string, readonly string[]>> = {
  'service-change': ['ssh', 'cron', 'postgresql', 'nginx', 'docker'],
  'process-control': ['sshd', 'postgres', 'java'],
  'package-change': ['openssl', 'curl', 'postgresql'],
  'account-change': ['root', 'postgres', 'www-data'],
  'delete-data': ['/var/log', '/home', '/var/lib/postgresql'],
  'config-change': ['/etc/ssh/sshd_config', '/etc/hosts', '/etc/fstab'],
  'write-file': ['/etc/hosts', '/etc/crontab', '/etc/fstab'],
}
const most = 5

/**
 * What an escort is asked before any summary is shown: the right answers are the derived effects, the others are effects
 * of the same kind elsewhere. The same step always gives the same questions.
 */
export function questionsFor(effects: readonly Effect[], seed: string): readonly Question[] {
  const changes = distinct(
    effects
      .filter((effect) => changing.includes(effect.type))
      .map((effect) => phraseOf(effect.type, effect.place)),
  )
  const wrong = distinct(effects.flatMap(alternatives)).concat(usual)
  const cuts = distinct(effects.flatMap((effect) => interruption(effect.type, effect.place)))
  return [
    question('what-changes', 'What will this step change?', changes, wrong, 'nothing is changed', seed),
    question(
      'what-is-interrupted',
      'What may be interrupted by it?',
      cuts,
      usualCuts,
      'nothing is interrupted',
      seed,
    ),
  ]
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

const alternatives = (effect: Effect): readonly string[] =>
  (others[effect.type] ?? [])
    .filter((place) => place !== effect.place)
    .map((place) => phraseOf(effect.type, place))

function interruption(type: string, place: string): readonly string[] {
  const text = interrupting[type]
  return text === undefined ? [] : [text.replace('%s', place === '' ? 'concerned' : place)]
}

function question(
  ask: Question['ask'],
  text: string,
  right: readonly string[],
  wrong: readonly string[],
  none: string,
  seed: string,
): Question {
  const truth = right.length === 0 ? [none] : right.slice(0, 3)
  const lies = wrong.filter((one) => !right.includes(one)).slice(0, most - truth.length - 1)
  const all = right.length === 0 ? [...truth, ...lies] : [...truth, ...lies, none]
  const choices = shuffled(all, `${seed}${ask}`)
  return { ask, text, choices, right: truth.map((one) => choices.indexOf(one)) }
}

/** An order that depends on the step alone. */
function shuffled(texts: readonly string[], seed: string): readonly string[] {
  const keyed = texts.map((text) => ({ text, key: hash(seed + text) }))
  return keyed.sort((a, b) => a.key - b.key || (a.text < b.text ? -1 : 1)).map(({ text }) => text)
}

function hash(text: string): number {
  let value = 2166136261
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 16777619) >>> 0
  return value
}

/** What changes elsewhere, for the choices that are not right. */
const usual = changing.map((type) => phraseOf(type, others[type]?.[0] ?? ''))
const usualCuts = distinct(
  Object.keys(interrupting).flatMap((type) =>
    (others[type] ?? ['']).flatMap((place) => interruption(type, place)),
  ),
)
