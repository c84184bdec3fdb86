/** What an effect is in words, after "it". */
const phrases: Readonly<Record<string, string>> = {
  'read-file': 'reads',
  'read-credential': 'reads the secret content of',
  'write-file': 'writes',
  'delete-data': 'deletes',
  list: 'lists',
  'query-only': 'asks about',
  'config-change': 'changes the settings in',
  'service-change': 'starts, stops or changes the service',
  'package-change': 'installs or removes software:',
  'process-control': 'stops or signals the running program',
  'schedule-change': 'changes what runs at set times:',
  'account-change': 'changes accounts:',
  'privilege-change': 'changes who may do what:',
  'firewall-change': 'changes which network connections are let through',
  'kernel-change': 'changes how the kernel works:',
  'mount-change': 'attaches or detaches a file system:',
  'network-egress': 'connects to',
  'network-listen': 'waits for connections on',
  'remote-exec': 'runs commands on another machine:',
  'download-exec': 'runs what another machine sends:',
  'exec-indirect': 'makes another program run:',
  'exec-unknown-code': 'runs code that nobody has shown:',
  'spawn-shell': 'opens a shell:',
  persistence: 'makes something run by itself later:',
  'defense-tamper': 'switches off or changes a protection:',
  'log-tamper': 'removes or stops records of what happened:',
  exfiltration: 'sends away',
  'container-escape': 'reaches from a container into the machine that it runs on',
  obfuscation: 'runs a disguised text',
  'display-deception': 'shows something other than what runs:',
}

export function phraseOf(type: string, place: string): string {
  const phrase = phrases[type] ?? type
  if (place === '')
    return phrase
      .replace(/[:]$/, '')
      .replace(/ (to|on|of|in|the service|about)$/, (word) => `${word} something`)
  return `${phrase} ${place.length > 120 ? `${place.slice(0, 117)}…` : place}`
}

/** What is not known, and what would make it known. */
export const reasons: Readonly<
  Record<string, { readonly what: (about: string) => string; readonly remedy: string }>
> = {
  syntax: {
    what: (about) => `the text is not a complete command${about === '' ? '' : ` (${about})`}`,
    remedy: 'ask the technician to correct it',
  },
  'not-text': { what: () => 'the bytes are not text', remedy: 'ask for the command as text' },
  'carriage-returns': {
    what: () => 'lines end with an extra character that the shell takes for part of the command',
    remedy: 'ask for the text with plain line ends',
  },
  empty: { what: () => 'there is no command', remedy: 'ask the technician what is meant' },
  'too-long': { what: () => 'the text is too long to be followed', remedy: 'ask for smaller steps' },
  'too-much-to-follow': {
    what: () => 'the text runs in itself too often to be followed',
    remedy: 'ask for plainer commands',
  },
  'too-many-words': {
    what: () => 'the command becomes too many words to be followed',
    remedy: 'ask for plainer commands',
  },
  'program-not-known': {
    what: (about) => `which program ${about} is`,
    remedy: 'ask for the program by its name',
  },
  'script-not-shown': {
    what: (about) => `what the file ${about} does: nobody has shown it`,
    remedy: 'ask for the file to be shown or sent along with the order',
  },
  'downloaded-code': {
    what: () => 'what the other machine will send and this machine will run',
    remedy: 'ask for the text itself, and run that',
  },
  'code-from-unknown-value': {
    what: () => 'the text that is run: it is put together from values that are not known here',
    remedy: 'ask for the text as it will run',
  },
  'language-not-followed': {
    what: (about) => `what the piece of ${about} does`,
    remedy: 'ask what it does, or for a plain command instead',
  },
  'loads-unseen-code': {
    what: (about) => `what ${about} brings into the program`,
    remedy: 'ask for the file to be shown, or for the command without it',
  },
  'search-path': {
    what: () => 'which programs run: a folder where anybody may put some is looked into first',
    remedy: 'ask for the command without the changed search path',
  },
  'settings-not-shown': {
    what: (about) => `what the options in ${about} say`,
    remedy: 'ask for the options in the command itself',
  },
  'unmodelled-on-place': {
    what: (about) => `what ${about}: the program is not modelled here`,
    remedy: 'ask what it does, or for a command that is known',
  },
  interactive: {
    what: (about) => `what will be typed into ${about}`,
    remedy: 'ask for the commands themselves as steps',
  },
  'interpreter-not-analysed': {
    what: (about) => `what ${about} text does`,
    remedy: 'read it, and ask when in doubt',
  },
  history: {
    what: () => 'which earlier command is meant: it depends on what was typed before',
    remedy: 'ask for the command itself',
  },
}
