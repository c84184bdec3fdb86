# For targets without perl. It cannot become the parent of the step's orphans, so it finds processes by a mark in their
# environment and by their session, and never says of a kill that it is confirmed (spec/runner.md §5).
exec 3<&0 0</dev/null 2>/dev/null
rm -f "$dir/step"
mkfifo "$dir/out" "$dir/err" "$dir/tick" 2>/dev/null || refuse no-space
started bash
pause() { read -r -t "$1" <>"$dir/tick"; }
# Through base64, because a variable of bash holds no NUL byte and a temporary file would need a disk that is not full.
pump() {
  local piece size
  while piece=$(dd bs=49152 count=1 2>/dev/null | base64 -w 0) && [ -n "$piece" ]; do
    size=$((${#piece} / 4 * 3))
    case $piece in *==) size=$((size - 2)) ;; *=) size=$((size - 1)) ;; esac
    { flock 8; printf '%s %d\n' "$1" "$size"; printf %s "$piece" | base64 -d; } 8<"$dir"
  done
}
found() {
  local stat pid
  {
    grep -lsz "^CHAPERONE_RUN=$run$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
    for pid in /proc/[0-9]*; do
      { read -r -d '' stat <"$pid/stat"; } 2>/dev/null
      set -- ${stat##*) }
      [ "${4-}" = "$step" ] && [ "$1" != Z ] && echo "${pid#/proc/}"
    done
  } | sort -nu | head -n 100 | tr '\n' ' '
}
end_all() {
  local pids
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(found)
    [ -z "$pids" ] && return
    kill -STOP $pids 2>/dev/null
    kill -KILL $pids 2>/dev/null
    pause 0.02
  done
}
# The first reason wins; a link needs no room on the disk. What was not found may hold the pipes for ever.
must_end() {
  ln -s "$1" "$dir/why" 2>/dev/null || return
  end_all
  pause 2
  kill -KILL $outs $errs 2>/dev/null
}
(exec 3<&-; pump O <"$dir/out") & outs=$!
(exec 3<&-; pump E <"$dir/err") & errs=$!
home=$(getent passwd "$EUID" | cut -d: -f6)
user=$(id -un)
cd "$home" 2>/dev/null || cd /
(umask 022; exec env -i PATH="$PATH" HOME="$home" USER="$user" LOGNAME="$user" LANG=C.UTF-8 CHAPERONE_RUN="$run" \
  CHAPERONE_FILES="$dir/files" setsid /bin/bash --noprofile --norc /dev/fd/9 >"$dir/out" 2>"$dir/err" 3<&-) & step=$!
exec 9<&-
(
  why=lifeline
  while IFS= read -r -t "$silence" word <&3; do [ "$word" = K ] && why=asked && break; done
  must_end $why
) & watch=$!
(exec 3<&-; pause "$limit"; must_end deadline) & alarm=$!
exec 3<&-
wait $step
status=$?
left=
if [ ! -L "$dir/why" ]; then left=$(found); end_all; fi
wait $outs $errs
kill -KILL $watch $alarm 2>/dev/null
wait $watch $alarm 2>/dev/null
remain=$(found)
if [ -L "$dir/why" ]; then
  end="end killed $(readlink "$dir/why") ${remain:+survivors $remain}"
  [ -z "$remain" ] && end="${end}unconfirmed"
else
  [ -z "$left" ] || printf 'left %s\n' "${left% }"
  [ -z "$remain" ] || printf 'remain %s\n' "${remain% }"
  end="end exit $status"
fi
rm -rf "$dir"
printf '%s\n' "${end% }"
