import { givenInLast, hasGlob, matches } from '../evaluate/glob.ts'

/** Paths that exist on nearly every Linux system and matter: what a pattern of names most likely means. */
const paths: readonly string[] = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/passwd',
  '/etc/group',
  '/etc/sudoers',
  '/etc/hosts',
  '/etc/hostname',
  '/etc/crontab',
  '/etc/fstab',
  '/etc/profile',
  '/etc/environment',
  '/etc/ld.so.preload',
  '/etc/krb5.keytab',
  '/etc/ssh/sshd_config',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssh/ssh_host_ecdsa_key',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/security/opasswd',
  '/root/.ssh/id_rsa',
  '/root/.ssh/id_ed25519',
  '/root/.ssh/authorized_keys',
  '/root/.bash_history',
  '/root/.aws/credentials',
  '/root/.pgpass',
  '/var/log/auth.log',
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/secure',
  '/var/log/wtmp',
  '/var/log/btmp',
  '/var/log/lastlog',
]

const programs =
  'bash cat chgrp chmod chown cp date dd df dir dmesg echo ed egrep false fgrep fuser grep gunzip gzip hostname ip kill less ln ls lsblk mkdir mknod mktemp more mount mv nano nc netcat netstat ping ps pwd readlink rm rmdir rbash sed sh sleep ss stty su sync tar touch true umount uname vdir which zcat'.split(
    ' ',
  )

const more =
  'awk base64 curl cut env find head id perl python3 rev sort tac tail tee tr wc wget whoami xargs xxd scp ssh nohup time timeout od strings paste'.split(
    ' ',
  )

const candidates: readonly string[] = [
  ...paths,
  ...programs.map((name) => `/bin/${name}`),
  ...[...programs, ...more].map((name) => `/usr/bin/${name}`),
]

/**
 * The well-known paths that a pattern of names fits. A pattern whose last part says nothing (`/etc/*`) fits everything
 * and means nothing in particular: it gives none.
 */
export function wellKnownMatches(pattern: string): readonly string[] {
  if (!pattern.startsWith('/') || !hasGlob(pattern)) return []
  if (givenInLast(pattern) < 2 && !/^\/(\?+|bin|usr\/bin)\//.test(pattern)) return []
  const found = candidates.filter((path) => matches(path, pattern))
  return found.length <= 4 ? found : []
}
