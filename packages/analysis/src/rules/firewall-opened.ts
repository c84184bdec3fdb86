import type { ResolvedCommand } from '../evaluate/machine.ts'
import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'firewall-opened',
  level: 'stop',
  why: 'All rules go, or an address from outside may reach every port.',
  techniques: ['T1686'],
  needs: { effects: ['firewall-change'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) => effect.type === 'firewall-change' && opens(command),
      () => 'the firewall stops protecting this machine, or lets one address reach every port',
    ),
  fires: [
    'iptables -F',
    'nft flush ruleset',
    'ufw disable',
    'iptables -P INPUT ACCEPT',
    'iptables -I INPUT 1 -s 198.51.100.7 -j ACCEPT',
  ],
  silent: [
    'iptables -L -n',
    'iptables -A INPUT -p tcp --dport 443 -j ACCEPT',
    'ufw allow 22/tcp',
    'iptables -A INPUT -s 10.0.0.0/8 -j ACCEPT',
    'nft list ruleset',
  ],
}

function opens(command: ResolvedCommand): boolean {
  const words = wordsOf(command)
  const line = words.slice(1).join(' ')
  switch (programOf(command)) {
    case 'iptables':
    case 'ip6tables':
      return flushesTables(words, line)
    case 'nft':
      return /^(-\w+ )*(flush|delete) (ruleset|table)/.test(line)
    case 'ufw':
      return /(^|\s)(disable|reset)$/.test(line) || /default allow( incoming)?$/.test(line)
    case 'firewall-cmd':
      return /--panic-off|--set-default-zone=trusted|--zone=trusted --add-interface/.test(line)
    case 'pfctl':
      return /(^|\s)-d\b/.test(line)
    default:
      return false
  }
}

const near = /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|fd|fe80|::1|[a-z])/i

function flushesTables(words: readonly string[], line: string): boolean {
  const table = words[words.indexOf('-t') + 1]
  const filter = !words.includes('-t') || table === 'filter'
  if (filter && words.some((word) => /^(-F|--flush)$/.test(word))) return true
  if (/(-P|--policy) (INPUT|FORWARD) ACCEPT/.test(line)) return true
  if (!/(-I|-A|--insert|--append) INPUT/.test(line) || !/(-j|--jump) ACCEPT/.test(line)) return false
  if (/--s?d?ports?|--icmp|ESTABLISHED|-i lo/.test(line)) return false
  const at = words.findIndex((word) => /^(-s|--source|--src)$/.test(word))
  const source = words[at + 1] ?? ''
  return at > 0 ? !near.test(source) : !/-p |-m |-i /.test(line)
}
