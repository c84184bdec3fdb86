import { givenInLast, givenPrefix, intersects } from '../evaluate/glob.ts'
import type { Value } from '../evaluate/value.ts'

/** Why a place matters. */
export type PlaceKind =
  | 'credential'
  | 'accounts'
  | 'privileges'
  | 'login-keys'
  | 'schedule'
  | 'service'
  | 'start-up'
  | 'preload'
  | 'system-log'
  | 'history'
  | 'defence'
  | 'configuration'
  | 'program'
  | 'kernel'
  | 'disk'
  | 'metadata-service'

/** `~/` is anybody's home folder; `**` goes through folders. */
const globs: Readonly<Record<PlaceKind, string>> = {
  credential: `/etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/master.passwd /etc/security/opasswd /etc/krb5.keytab /**/*.keytab
    /etc/ssh/ssh_host_*_key ~/.ssh ~/.ssh/id_rsa ~/.ssh/id_dsa ~/.ssh/id_ecdsa* ~/.ssh/id_ed25519 ~/.ssh/*.pem ~/.ssh/*_rsa ~/.ssh/*_ed25519 ~/.ssh/* ~/.aws ~/.aws/credentials ~/.azure/**
    ~/.config/gcloud/** ~/.kube/config /etc/kubernetes/admin.conf /etc/kubernetes/pki/**.key /etc/rancher/k3s/k3s.yaml ~/.docker/config.json
    ~/.netrc ~/.pgpass ~/.my.cnf /etc/mysql/debian.cnf ~/.git-credentials ~/.gnupg ~/.gnupg/** ~/.password-store/** /etc/ssl/private /etc/ssl/private/**
    /etc/pki/tls/private/** /proc/*/environ /proc/*/mem /proc/*/maps/mem /proc/kcore /dev/mem /dev/kmem ~/.mozilla/**/logins.json ~/.mozilla/**/key?.db
    ~/.config/google-chrome/**/Login* ~/.local/share/keyrings/** ~/Library/Keychains/** ~/Library/Application?Support/Google/Chrome/** ~/Library/Application?Support/Firefox/** ~/.config/chromium/**/Login* ~/.config/google-chrome/**/Cookies ~/.mozilla/**/cookies.sqlite /var/lib/sss/db/** /var/lib/samba/private/** /etc/samba/smbpasswd
    /run/secrets/** /var/run/secrets/** /etc/wireguard/*.conf /etc/ipsec.secrets /etc/ppp/*-secrets /etc/NetworkManager/system-connections/**
    /etc/letsencrypt/**/privkey*.pem /etc/openvpn/**.key ~/.config/rclone/rclone.conf ~/.vault-token ~/.config/gh/hosts.yml ~/.npmrc ~/.pypirc ~/.terraform.d/credentials*
    /etc/ssh/*_key /var/lib/mysql/mysql/user.* /etc/cups/passwd* /var/lib/AccountsService/** ~/.purple/accounts.xml /etc/dovecot/*passwd* /root/.ssh`,
  accounts:
    '/etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/gshadow /etc/master.passwd /etc/subuid /etc/subgid',
  privileges:
    '/etc/sudoers /etc/sudoers.d /etc/sudoers.d/** /usr/local/etc/sudoers /usr/local/etc/sudoers.d/** /etc/doas.conf /etc/pam.d /etc/pam.d/** /etc/pam.conf /etc/security/** /usr/lib/**/security/pam_*.so /lib/**/security/pam_*.so /etc/polkit-1/** /usr/share/polkit-1/** /etc/hosts.equiv ~/.rhosts ~/.shosts /etc/nsswitch.conf /etc/krb5.conf',
  'login-keys':
    '~/.ssh/authorized_keys ~/.ssh/authorized_keys2 /etc/ssh/authorized_keys/** /etc/ssh/authorized_keys',
  schedule:
    '/etc/crontab /etc/cron.d /etc/cron.d/** /etc/cron.*/** /etc/anacrontab /var/spool/cron/** /var/spool/at/** /etc/at.allow /etc/cron.allow /etc/periodic/** /usr/lib/cron/tabs/**',
  service:
    '/etc/systemd/system/** /etc/systemd/user/** /usr/lib/systemd/** /lib/systemd/** /run/systemd/system/** ~/.config/systemd/user/** /etc/init.d/** /etc/init/** /etc/rc.local /etc/rc.d/** /etc/rc?.d/** /etc/inittab /Library/LaunchDaemons/** /Library/LaunchAgents/** ~/Library/LaunchAgents/** /etc/emond.d/** /etc/rc.common /usr/local/etc/rc.d/** /Library/StartupItems/**',
  'start-up':
    '/etc/profile /etc/profile.d/** /etc/bash.bashrc /etc/bashrc /etc/zsh/** /etc/zshrc /etc/zprofile /etc/environment ~/.bashrc ~/.profile ~/.bash_profile ~/.bash_login ~/.bash_logout ~/.zshrc ~/.zprofile ~/.zshenv ~/.zlogin ~/.cshrc ~/.config/fish/config.fish ~/.config/autostart/** /etc/xdg/autostart/** /etc/update-motd.d/** ~/.ssh/rc ~/.ssh/environment /etc/ssh/sshrc /etc/udev/rules.d/** /lib/udev/rules.d/** /usr/lib/udev/rules.d/** /etc/apt/apt.conf.d/** /**/sitecustomize.py /**/usercustomize.py /**/site-packages/*.pth /**/.git/hooks/* ~/.vimrc ~/.gitconfig ~/.xinitrc ~/.xsession ~/.Xsession ~/.xprofile ~/.mailcap ~/.inputrc ~/.local/share/applications/*.desktop /etc/NetworkManager/dispatcher.d/** /etc/network/if-*.d/** /etc/dhcp/dhclient-*.d/** /etc/skel/** /etc/rsyncd.conf /etc/yum/pluginconf.d/** ~/.pam_environment /etc/modules-load.d/** /etc/modules /etc/inetd.conf /etc/xinetd.d/**',
  preload: '/etc/ld.so.preload /etc/ld.so.conf /etc/ld.so.conf.d/**',
  'system-log':
    '/var/log /var/log/auth.log* /var/log/secure* /var/log/syslog* /var/log/messages* /var/log/wtmp* /var/log/btmp* /var/log/lastlog /var/log/faillog /var/log/tallylog /var/log/audit /var/log/audit/** /var/log/journal /var/log/journal/** /run/log/journal/** /var/log/kern.log* /var/log/daemon.log* /var/log/cron* /var/log/system.log* /var/log/sudo* /var/log/security* /var/log/boot.log* /var/run/utmp /run/utmp /var/log/* /var/log/asl/** /private/var/log/** /var/audit/** /var/log/install.log /var/log/mail* /var/spool/mail/root',
  history:
    '~/.bash_history ~/.zsh_history ~/.sh_history ~/.history ~/.ash_history ~/.mysql_history ~/.psql_history ~/.python_history ~/.viminfo ~/.lesshst ~/.local/share/fish/fish_history',
  defence:
    '/etc/audit /etc/audit/** /etc/selinux/** /etc/apparmor.d/** /etc/apparmor/** /sys/fs/selinux/** /etc/rsyslog* /etc/rsyslog.d/** /etc/syslog* /etc/systemd/journald.conf /etc/systemd/journald.conf.d/** /etc/fail2ban/** /etc/falco/** /var/ossec/** /etc/aide* /etc/ufw/** /etc/iptables/** /etc/nftables.conf /etc/firewalld/** /etc/hosts.deny /etc/hosts.allow /etc/clamav/** /etc/security/auditd* /opt/CrowdStrike/** /etc/osquery/** /etc/filebeat/** /etc/wazuh*/** /var/lib/aide/**',
  configuration: '/etc/** /boot/** /usr/local/etc/** /opt/**/etc/**',
  program:
    '/bin/** /sbin/** /usr/bin/** /usr/sbin/** /lib/** /lib64/** /usr/lib/** /usr/lib64/** /usr/libexec/**',
  kernel:
    '/proc/sys/** /sys/** /etc/sysctl.conf /etc/sysctl.d/** /lib/modules/** /usr/lib/modules/** /boot/vmlinuz* /boot/initrd* /boot/grub/** /etc/modprobe.d/** /proc/sysrq-trigger /proc/*/oom*',
  disk: '/dev/sd* /dev/hd* /dev/vd* /dev/xvd* /dev/nvme* /dev/mmcblk* /dev/mapper/* /dev/dm-* /dev/md* /dev/disk/** /dev/loop* /dev/disk?*',
  'metadata-service':
    '**169.254.169.254** **metadata.google.internal** **100.100.100.200** **fd00:ec2::254**',
}

const kinds = Object.keys(globs) as readonly PlaceKind[]

const lists: Readonly<Record<PlaceKind, readonly string[]>> = Object.fromEntries(
  kinds.map((kind) => [kind, globs[kind].trim().split(/\s+/).flatMap(homes)]),
) as unknown as Record<PlaceKind, readonly string[]> // one list for each kind, by the line above

function homes(glob: string): readonly string[] {
  if (!glob.startsWith('~/')) return [glob]
  const rest = glob.slice(1)
  return [`~${rest}`, `/root${rest}`, `/home/*${rest}`, `/Users/*${rest}`]
}

const expressions: readonly (readonly [PlaceKind, RegExp])[] = kinds.map((kind) => [
  kind,
  new RegExp(`^(?:${lists[kind].map(expressionOf).join('|')})$`, 's'),
])

function expressionOf(glob: string): string {
  return glob.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (special) =>
    special === '**' ? '.*' : special === '*' ? '[^/]*' : special === '?' ? '[^/]' : `\\${special}`,
  )
}

const harmlessKeys =
  /\.pub$|known_hosts|\/\.ssh\/(config|authorized_keys2?|rc|environment|authorized_keys\..*)$|\/\.ssh\/?$/
const cache = new Map<string, readonly PlaceKind[]>()

/** Why a known path or address matters; a path outside the usual places gives nothing. */
export function kindsOfPath(path: string): readonly PlaceKind[] {
  const cached = cache.get(path)
  if (cached !== undefined) return cached
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path
  const found = expressions.flatMap(([kind, expression]) => (expression.test(clean) ? [kind] : []))
  const kept =
    harmlessKeys.test(clean) && !/^(\/root|~|\/home\/[^/]+)?\/?\.ssh$/.test(clean)
      ? found.filter((kind) => kind !== 'credential')
      : found
  if (cache.size > 5000) cache.clear()
  cache.set(path, kept)
  return kept
}

/** Why a place matters, as far as its value is known; a pattern counts when its last part says something. */
export function kindsOfValue(value: Value): readonly PlaceKind[] {
  if (value.kind === 'known') return kindsOfPath(value.text)
  if (value.kind === 'set') return [...new Set(value.texts.flatMap(kindsOfPath))]
  if (value.kind === 'unknown') return []
  const { pattern } = value
  if (!/[*?[]/.test(pattern)) return kindsOfPath(pattern)
  if (givenInLast(pattern) < 2)
    return kindsOfPath(pattern.replace(/\/\*+$/, '/x')).filter(
      (kind) => kind === 'configuration' || kind === 'system-log',
    )
  if (/[\s=;|&]/.test(pattern) || !/[/~]/.test(pattern)) return []
  return kinds.filter((kind) => lists[kind].some((glob) => identifies(pattern, glob)))
}

/** Whether a pattern means a place: it fits, and what is given of it leaves little else that it could mean. */
function identifies(pattern: string, glob: string): boolean {
  if (!intersects(pattern, glob)) return false
  const folder = givenPrefix(glob)
  if (deepEnough(folder) && givenPrefix(pattern).startsWith(folder)) return true
  const name = glob.slice(glob.lastIndexOf('/') + 1)
  const stem = stemOf(name)
  if (stem.length > 2 && stem === stemOf(pattern.slice(pattern.lastIndexOf('/') + 1))) return true
  return !/[*?[]/.test(name) && givenInLast(pattern) >= name.length * 0.4
}

/** `/home/` alone says nothing: everybody's files lie below it. */
const deepEnough = (folder: string): boolean => folder.split('/').length > 3 || /^\/etc\/\w/.test(folder)

const stemOf = (name: string): string => name.replace(/[*?]+$/, '')
