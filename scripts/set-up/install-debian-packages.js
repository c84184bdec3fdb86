import { existsSync } from 'node:fs'
import process from 'node:process'
import { run } from './run.js'
import { SetUpError } from './set-up-error.js'

/** The program that shows that a package is there, wherever it came from. */
const programs = {
  'openssh-server': ['/usr/sbin/sshd', '/usr/local/sbin/sshd'],
  'openssh-client': ['/usr/bin/ssh', '/usr/local/bin/ssh'],
  chromium: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
}

/** Installs what is missing when we are root on Debian; otherwise says which command does. */
export async function installDebianPackages(wanted) {
  const missing = wanted.filter((name) => !programs[name].some((path) => existsSync(path)))
  if (missing.length === 0) return
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing]
  const debian = existsSync('/usr/bin/apt-get')
  if (!debian || process.getuid?.() !== 0) {
    const how = debian
      ? `sudo apt-get update && sudo ${install.join(' ')}`
      : `install ${missing.join(' and ')}`
    throw new SetUpError(`set-up: missing: ${missing.join(', ')}. Please run:\n\n  ${how}\n`)
  }
  process.stderr.write(`set-up: installing ${missing.join(', ')} (apt-get)\n`)
  const updated = await apt(['-qq', 'update'])
  const installed = updated === 0 ? await apt(['-qq', ...install.slice(1)]) : updated
  if (installed !== 0)
    throw new SetUpError(`set-up: apt-get failed; try:\n\n  apt-get update && ${install.join(' ')}\n`)
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return run('apt-get', ['-o', 'Dpkg::Use-Pty=0', ...args], { env, stdio: ['ignore', 2, 2] })
}
