import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

const guarded = ['accounts', 'privileges', 'login-keys', 'schedule', 'service', 'start-up'] as const
const writers =
  /^(tee|cp|mv|install|ln|sed|gsed|perl|rsync|scp|sftp|ssh-copy-id|vi|vim|nvim|nano|emacs|ed|ex|crontab|systemctl|touch|mkdir|chmod|chown|chgrp|visudo|vipw|vigr|useradd|usermod|userdel|groupadd|groupmod|groupdel|gpasswd|passwd|chpasswd|adduser|deluser|ansible|ansible-playbook|tar|unzip|patch|git|debconf-set-selections|pam-auth-update|authselect|dpkg-reconfigure|update-rc\.d|chkconfig|curl|wget|truncate|rm|echo|printf|cat|envsubst|jq|yq|awk|gawk|dconf|augtool|crudini|chezmoi|stow|puppet|salt-call|chef-client|at|logrotate|cloud-init|netplan|restorecon|setfacl|chattr|docker|podman|kubectl|sudo|newusers|pwconv|grpconv|mkfs|mount|find|rename|rmdir|shred|unlink|cpio|pax|7z|zip|gunzip|xz|bzip2|openssl|gpg|ssh-keygen|certbot)$/

export const rule: Rule = {
  id: 'odd-writer',
  level: 'stop',
  why: 'A file that decides who may do what, or what runs by itself, is written by a program that is not made for writing such files: that is done where the usual ones would be noticed.',
  techniques: ['T1565.001', 'T1098'],
  needs: { effects: ['write-file'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) => {
        if (effect.type !== 'write-file' || !guarded.some((kind) => effect.kinds.includes(kind))) return false
        if (effect.from === 'redirect') return overwritesAccounts(effect.place, command.redirects)
        return effect.from === 'knowledge' && !writers.test(programOf(command)) && wordsOf(command).length > 1
      },
      (effect) => `${effect.place} is written in a way that is not usual for it`,
    ),
  fires: [
    'echo x | xxd -r - /root/.ssh/authorized_keys',
    'gcc -x c /dev/null -o /etc/shadow',
    'echo x > /etc/passwd',
  ],
  silent: [
    'tee -a /etc/crontab < x',
    'cp app.service /etc/systemd/system/',
    'echo x >> /etc/profile',
    'useradd ana',
  ],
}

/** `> /etc/passwd` takes every account away. */
const overwritesAccounts = (
  place: string,
  redirects: readonly {
    readonly operator: string
    readonly target: { readonly kind: string; readonly text?: string }
  }[],
): boolean =>
  /^\/etc\/(passwd|shadow|group|gshadow|sudoers)$/.test(place) &&
  redirects.some(({ operator, target }) => /^(>|>\||&>)$/.test(operator) && target.text === place)
