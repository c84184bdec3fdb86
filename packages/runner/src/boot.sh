# Runs one step on the target (spec/runner.md). Carried whole inside the certificate's force-command; nothing is installed.
set -u
umask 077
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
run=$1 length=$2 sum=$3 until=$4 limit=$5 silence=$6
shift 6
dir=
refuse() { [ -z "$dir" ] || rm -rf "$dir"; printf 'not-started %s\n' "$1"; exit 90; }
in_time() { printf -v now '%(%s)T' -1; ((now < until)) || refuse too-late; }
started() { printf 'start %s %s %s %s\n' "$run" "$sum" "$now" "$1"; }
# A disk that is full shows in the writing, a connection that ended in the length.
take() {
  head -c "$1" 2>/dev/null >"$3" || refuse no-space
  [ "$(sha256sum <"$3")" = "$2  -" ] && return
  [ "$(stat -c %s "$3")" = "$1" ] || refuse truncated
  refuse hash-mismatch
}
printf 'chaperone-runner 1\n'
in_time
# A name that is taken is refused like any other failure, so that nobody can wait for us in /tmp.
folder=/tmp/chaperone.$$.$RANDOM$RANDOM
mkdir "$folder" "$folder/files" 2>/dev/null || { rmdir "$folder" 2>/dev/null; refuse no-space; }
dir=$folder
take "$length" "$sum" "$dir/step"
n=0
while [ $# -gt 0 ]; do
  n=$((n + 1))
  take "$2" "$3" "$dir/files/f$n"
  chmod "$1" "$dir/files/f$n"
  shift 3
done
# The marker is outside the home folder, which may be shared between machines: there it would not be once *here*.
marks=/var/lib/chaperone/ran/$EUID
if ! { [ -d "$marks" ] && [ -O "$marks" ] && [ -w "$marks" ] && [ ! -L "$marks" ]; }; then
  marks=/var/tmp/chaperone-ran-$EUID
  [ -d "$marks" ] || mkdir -m 700 "$marks" 2>/dev/null
  { [ -d "$marks" ] && [ -O "$marks" ] && [ ! -L "$marks" ]; } || refuse cannot-mark
fi
# Kinds of disk that are known to be this machine's own; what is not known may be shared.
case $(stat -f -c %T "$marks" 2>/dev/null) in
  ext*|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|overlayfs|tmpfs|ramfs) ;;
  *) refuse cannot-mark ;;
esac
# The bytes may have come hours after the login that was checked.
in_time
if ! mkdir "$marks/$run" 2>/dev/null; then
  [ -e "$marks/$run" ] && refuse already-ran
  refuse cannot-mark
fi
exec 9<"$dir/step" || refuse no-space
supervise='
@SUPERVISE@
'
# Of the programs here, which need not be the kernel's.
case $HOSTTYPE in x86_64) prctl=157 setsid=112 ;; aarch64) prctl=167 setsid=157 ;; *) prctl= ;; esac
if [ -n "$prctl" ] && perl -e 'exit(syscall($ARGV[0], 36, 1, 0, 0, 0) != 0)' "$prctl" 2>/dev/null; then
  started perl
  exec perl -e "$supervise" "$prctl" "$setsid" "$run" "$dir" "$limit" "$silence"
fi
@FALLBACK@
