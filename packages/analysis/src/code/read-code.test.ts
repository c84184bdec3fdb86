import { expect, test } from 'vitest'
import { readCode } from './read-code.ts'

test.for<readonly [language: string, text: string]>([
  ['awk', '{print $1}'],
  ['awk', 'NR>1 && $3 > 5 {n++} END {print n}'],
  ['sed', 's/a\\/b/c/g; /x/d; 1,5p'],
  ['sed', '/we/,/re/{s/e/w/;p}'],
  ['perl', 'print if /error/i'],
  ['perl', 's/\\d+/<$&>/g'],
  ['python', 'import json,sys; print(json.load(sys.stdin)["a"])'],
  ['python', 'print(sorted(set(open("a.txt").read().split())))'],
  ['ruby', 'puts $stdin.read.upcase'],
  ['php', 'echo PHP_VERSION;'],
  ['node', 'console.log(JSON.parse(x).length)'],
  ['lua', 'print(string.rep("x", 3))'],
  ['sql', 'SELECT 1'],
])('%s is understood: %s', ([language, text]) => {
  const { understood, commands } = readCode(language, text)
  expect({ understood, commands }).toEqual({ understood: true, commands: [] })
})

test.for<readonly [language: string, text: string, command: string]>([
  ['awk', 'BEGIN{system("id")}', 'id'],
  ['awk', 'BEGIN{"id"|getline x}', 'id'],
  ['awk', '{print | "sh"}', 'sh'],
  ['sed', '1e id', 'id'],
  ['sed', 's/.*/id/e', 'id'],
  ['perl', 'exec "id"', 'id'],
  ['perl', 'print `id`', 'id'],
  ['perl', 'open(F, "id|")', 'id'],
  ['python', 'import os; os.system("id")', 'id'],
  ['python', 'import subprocess as p; p.Popen(["id", "-u"])', 'id -u'],
  ['python', 'import os; os.execl("/bin/sh", "sh", "-p")', '/bin/sh -p'],
  ['python', 'exec("import os; os.system(\'id\')")', 'id'],
  ['python', 'import os; getattr(os, "sys" + "tem")("id")', 'id'],
  ['python', 'import base64; exec(base64.b64decode("b3Muc3lzdGVtKCJpZCIp"))', 'id'],
  ['ruby', 'system("id")', 'id'],
  ['ruby', 'puts %x(id)', 'id'],
  ['php', 'echo shell_exec("id");', 'id'],
  ['node', 'require("child_process").execSync("id")', 'id'],
  ['node', 'require("child_process").spawn("id", ["-u"])', 'id -u'],
  ['lua', 'os.execute("id")', 'id'],
  ['vim', ':!id', 'id'],
  ['ed', 'r !id', 'id'],
  ['psql', '\\! id', 'id'],
  ['sql', "COPY t FROM PROGRAM 'id'", 'id'],
  ['crontab', '5 4 * * * id', 'id'],
  ['crontab', '@reboot id', 'id'],
])('%s runs a command: %s', ([language, text, command]) => {
  expect(readCode(language, text).commands).toContain(command)
})

test.for<readonly [language: string, text: string, type: string, place: string | undefined]>([
  ['awk', 'BEGIN{print 1 > "/etc/x"}', 'write-file', '/etc/x'],
  ['awk', 'BEGIN{s="/inet/tcp/0/h/1"; s|&getline}', 'network-egress', '/inet/tcp/0/h/1'],
  ['sed', 'w /etc/x', 'write-file', '/etc/x'],
  ['python', 'open("/etc/x", "w")', 'write-file', '/etc/x'],
  ['python', 'open("/etc/x")', 'read-file', '/etc/x'],
  ['python', 'import socket; socket.socket().connect(("h", 1))', 'network-egress', 'h'],
  ['python', 'import shutil; shutil.rmtree("/x")', 'delete-data', '/x'],
  ['perl', 'unlink "/x"', 'delete-data', '/x'],
  ['php', 'readfile("/etc/"."x");', 'read-file', '/etc/x'],
  ['node', 'require("fs").writeFileSync("/etc/x", "y")', 'write-file', '/etc/x'],
  ['sql', 'DROP TABLE t', 'delete-data', 't'],
  ['cobol', 'OPEN "/etc/shadow"', 'read-file', '/etc/shadow'],
])('%s does something outside: %s', ([language, text, type, place]) => {
  expect(readCode(language, text).facts).toContainEqual({ type, place })
})

test.for<readonly [language: string, text: string]>([
  ['php', '$f = $_GET["f"]; $f("id");'],
  ['perl', '$x->launch("id")'],
  ['perl', '&$f("id")'],
  ['python', 'f = vars(m)["sys" + k]; f("id")'],
  ['ruby', 'launch("id")'],
  ['node', 'x[y]("id"); launch("id")'],
])('a call of what is not known is not understood, in %s: %s', ([language, text]) => {
  expect(readCode(language, text).understood).toBe(false)
})

test.for(['python', 'perl', 'ruby', 'node', 'cobol', 'toString', ''])(
  'what %s cannot be read for is not understood',
  (language) => {
    expect(readCode(language, 'frobnicate(x)').understood).toBe(false)
  },
)
