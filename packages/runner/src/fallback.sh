exec 3<&0 0</dev/null
lock=$dir/lock
: >"$lock"
pump() {
  local size
  while :; do
    dd bs=65536 count=1 of="$dir/$1" 2>/dev/null
    size=$(stat -c %s "$dir/$1")
    [ "$size" -gt 0 ] || break
    { flock 8; printf '%s %d\n' "$1" "$size"; cat "$dir/$1"; } 8>>"$lock"
  done
}
# Found by a mark in their environment: what a step starts with a clean one is not found (spec/runner.md §5).
marked() { grep -lsz "^CHAPERONE_RUN=$run$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
end_all() {
  local pids
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(marked)
    [ -z "$pids" ] && return 0
    kill -STOP $pids 2>/dev/null
    kill -KILL $pids 2>/dev/null
    sleep 0.02
  done
  return 1
}
mkfifo "$dir/out" "$dir/err"
(exec 3<&-; pump O <"$dir/out") & outs=$!
(exec 3<&-; pump E <"$dir/err") & errs=$!
home=$(getent passwd "$EUID" | cut -d: -f6)
user=$(id -un)
cd "$home" 2>/dev/null || cd /
(umask 022; exec env -i PATH="$PATH" HOME="$home" USER="$user" LOGNAME="$user" LANG=C.UTF-8 CHAPERONE_RUN="$run" \
  CHAPERONE_FILES="$dir/files" setsid -w /bin/bash --noprofile --norc /dev/fd/9 >"$dir/out" 2>"$dir/err" 3<&-) & step=$!
exec 9<&-
(
  why=lifeline
  while IFS= read -r -t "$silence" word <&3; do [ "$word" = K ] && why=asked && break; done
  [ -e "$dir/done" ] || { echo $why >"$dir/why.$BASHPID"; mv -n "$dir/why.$BASHPID" "$dir/why"; end_all; }
) & watch=$!
(
  exec 3<&-
  sleep "$limit"
  [ -e "$dir/done" ] || { echo deadline >"$dir/why.$BASHPID"; mv -n "$dir/why.$BASHPID" "$dir/why"; end_all; }
) & alarm=$!
wait $step
status=$?
: >"$dir/done"
left=$(marked | tr '\n' ' ')
end_all
survivors=$(marked | tr '\n' ' ')
pkill -KILL -P $alarm 2>/dev/null
kill -KILL $watch $alarm 2>/dev/null
wait $outs $errs 2>/dev/null
if [ -e "$dir/why" ]; then
  end="end killed $(cat "$dir/why") ${survivors:+survivors $survivors}"
  [ -z "$survivors" ] && end="${end}confirmed"
else
  [ -z "$left" ] || printf 'left %s\n' "${left% }"
  if [ -n "$survivors" ]; then end="end killed lifeline survivors $survivors"
  elif [ $status -gt 128 ]; then end="end signal $((status - 128))"
  else end="end exit $status"; fi
fi
rm -rf "$dir"
printf '%s\n' "${end% }"
