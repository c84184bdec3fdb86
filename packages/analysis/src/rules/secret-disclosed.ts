import type { DerivedEffect } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

/** What these do with a file shows nothing of what stands in it. */
const tellsNothing =
  /^(stat|ls|test|\[|\[\[|wc|du|file|find|getfacl|lsattr|namei|realpath|readlink|md5sum|sha\d+sum|sum|cksum|b2sum|cmp|visudo|sshd|ssh|ssh-add|ssh-keygen|ssh-copy-id|sshfs|sftp|restorecon|chcon|chmod|chown|chgrp|setfacl|rm|shred|touch|passwd|pwck|grpck|chage|useradd|usermod|systemctl|nginx|apachectl|certbot|htpasswd|gpg|openssl|curl|wget|kubectl|helm|git|psql|mysql|mysqldump|pg_dump|ansible|ansible-playbook|rsync|scp|docker|podman|klist|kinit|ktutil|wg|wg-quick|nmcli|netplan|update-ca-certificates|keytool|mkdir|rmdir|source|\.|export|cd|mv|ln|install|mount|chattr|logrotate|aws|az|gcloud|terraform|vault|sops|age|step|smbpasswd|tar|zip|cp|dd|gcore|awk|cut|pushd|popd|chpasswd|adduser|certtool|sshpass|mosh|ssh-keyscan|ansible-vault|kadmin|kadmin.local|sqlite3|systemd-creds|cryptsetup)$/

/** Programs that show a file or copy it to where others read it. */
const copies =
  /^(cp|dd|mv|install|rsync|tar|zip|ln|cpio|scp|docker|podman|kubectl|openssl|curl|wget|gpg|awk|gawk|mawk|cut)$/

export const rule: Rule = {
  id: 'secret-disclosed',
  level: 'stop',
  why: 'The content of a secret file is shown, recorded or put where others can read it; whoever reads it can act as its owner.',
  techniques: ['T1003.008', 'T1552.001', 'T1552.004'],
  needs: { effects: ['read-credential', 'write-file', 'read-file'] },
  find: (facts) =>
    eachEffect(facts, discloses, (effect) => `the secret content of ${effect.place} is shown or copied`),
  fires: [
    'cat /etc/shadow',
    'cd /etc && head -n1 shadow',
    'cp /etc/shadow /tmp/s',
    'x=$(cat ~/.ssh/id_rsa); echo "$x"',
    'curl -s file:///etc/shadow',
    'grep root /etc/shadow',
  ],
  silent: [
    'ls -l /etc/shadow',
    'stat -c %a /etc/shadow',
    'grep -c . /etc/shadow',
    'chmod 600 ~/.ssh/id_rsa',
    'cat /etc/hosts',
    'ssh -i ~/.ssh/id_ed25519 web1 uptime',
    'cut -d: -f1 /etc/shadow',
  ],
}

function discloses(effect: DerivedEffect, command: ResolvedCommand): boolean {
  if (effect.type === 'write-file' && effect.kinds.includes('credential'))
    return /^(vi|vim|nvim|nano|emacs|joe|mcedit|micro|pico|view)$/.test(programOf(command))
  if (effect.type === 'read-file' && effect.kinds.includes('history'))
    return /^(cat|less|more|cp|strings|tac|nl|grep|egrep|rg|tar|scp|rsync|curl)$/.test(programOf(command))
  if (effect.type !== 'read-credential') return false
  if (effect.kinds.includes('metadata-service')) return true
  const program = programOf(command)
  const words = wordsOf(command)
  if (effect.from === 'code' || effect.from === 'redirect')
    return command.sink !== 'nowhere' && !/^(wc|sha\d+sum|md5sum)$/.test(program)
  if (command.sink === 'nowhere') return false
  if (program === 'grep' || program === 'egrep' || program === 'fgrep')
    return !words.some((word) => /^-\w*[cqlL]\w*$|^--(count|quiet|silent|files-with)/.test(word))
  if (!copies.test(program)) return !tellsNothing.test(program)
  return copiesContent(program, effect, command, words)
}

/** Options that take a key to use it. */
const usesKey =
  /^(-E|--cert|--key|--cacert|--capath|--netrc-file|-b|--cookie|-c|-K|--config|--ca-certificate|--private-key|--certificate|--netrc)$/

function copiesContent(
  program: string,
  effect: DerivedEffect,
  command: ResolvedCommand,
  words: readonly string[],
): boolean {
  const option = (effect.word === undefined ? undefined : command.classified.words[effect.word]?.option) ?? ''
  switch (program) {
    case 'cut':
      return !words.some((one) => /^-f ?1$/.test(one)) && !words.join(' ').includes('-f 1')
    case 'awk':
    case 'gawk':
    case 'mawk':
      return !words.some(
        (one) => /print\s*\$1\s*[;}]/.test(one) && !/\$0|\$2\s*[,}]/.test(one.replace(/^[^{]*/, '')),
      )
    case 'curl':
    case 'wget':
      return !usesKey.test(option)
    case 'openssl':
      return /^(base64|enc)$/.test(words[1] ?? '')
    case 'docker':
    case 'podman':
    case 'kubectl':
      return words[1] === 'cp'
    case 'gpg':
      return (
        words.some((one) => /^(-a|-o|--armor|--enarmor|--output)/.test(one)) &&
        /shadow|passwd/.test(effect.place)
      )
    case 'mv':
    case 'install':
    case 'ln':
    case 'rsync':
    case 'cp':
      return (
        effect.word !== words.length - 1 &&
        !words.at(-1)?.startsWith('/backup') &&
        !sameFolder(effect.place, words.at(-1) ?? '')
      )
    default:
      return true
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** A copy beside the original has the same readers. */
const sameFolder = (from: string, to: string): boolean =>
  folderOf(from) === folderOf(to) || (/\.bak|\.orig|\.old/.test(to) && to.startsWith(folderOf(from)))
