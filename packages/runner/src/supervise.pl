# Starts the step, frames its output, and ends all of it. No modules, which a small installation may lack and which
# take longer to load than all the rest. No apostrophe may stand here outside comments: boot.sh holds this text between two.
use strict;
my ($prctl, $setsid, $run, $dir, $limit, $silence) = @ARGV;
my $full = 1 << 20;
unlink "$dir/step";
# PR_SET_CHILD_SUBREAPER: orphans of the step become our children whatever they do. So a walk by parent finds all of
# them, and when we have no child left nothing of the step is left.
syscall($prctl, 36, 1, 0, 0, 0);
# PR_SET_DUMPABLE: a process of the same account can neither trace us nor open our output to forge records.
syscall($prctl, 4, 0, 0, 0, 0);
$SIG{$_} = "IGNORE" for qw(PIPE HUP INT TERM);
# It only has to wake the select.
$SIG{CHLD} = sub { };
pipe(my $out, my $outw); pipe(my $err, my $errw);
my $step = fork;
start_step() if !$step;
close $outw; close $errw;
open(STDERR, ">", "/dev/null");
# Descriptor 9 is the step: only bash needs it.
open(my $bytes, "<&=", 9); close $bytes;
# F_GETFL, F_SETFL, O_NONBLOCK.
for my $h (\*STDIN, \*STDOUT, $out, $err) { fcntl($h, 4, fcntl($h, 3, 0) | 2048) }
my %open = (fileno($out) => $out, fileno($err) => $err);
my %tag = (fileno($out) => "O", fileno($err) => "E");
# $lost is when the gateway was last known to be there, once it is not.
my ($queue, $line, $asked, $status, $lost) = ("", "", 0, undef, undef);
my $lifeline = 1;
my $started = now();
my $heard = $started;
my $end = supervise();
drain();
$queue .= $end;
pump(0.1) while length $queue && (!defined $lost || now() - $lost < 5);
rmdir("$dir/files") && rmdir($dir) or system("rm", "-rf", $dir);
exit 0;

sub start_step {
  $SIG{$_} = "DEFAULT" for qw(PIPE HUP INT TERM CHLD);
  syscall($setsid);
  open(STDIN, "<", "/dev/null"); open(STDOUT, ">&", $outw); open(STDERR, ">&", $errw);
  my ($user, $home) = (getpwuid($>))[0, 7];
  %ENV = (PATH => $ENV{PATH}, HOME => $home, USER => $user, LOGNAME => $user, LANG => "C.UTF-8",
    CHAPERONE_RUN => $run, CHAPERONE_FILES => "$dir/files");
  chdir $home or chdir "/";
  umask 022;
  exec "/bin/bash", "--noprofile", "--norc", "/dev/fd/9";
  exit 127;
}
# Monotonic: somebody may set the clock.
sub now { open(my $uptime, "<", "/proc/uptime") or return time; return (split " ", <$uptime>)[0] }
# Until the step ends or must end; then what is to be said of it.
sub supervise {
  my $why;
  until ($why) {
    pump(%open ? 0.25 : 0.01);
    reap();
    return finished() if defined $status;
    $why = $asked ? "asked" : defined $lost ? "lifeline" : now() - $started >= $limit ? "deadline" : undef;
  }
  return "end killed $why confirmed\n" if end_all();
  my @left = descendants();
  return "end killed $why " . (@left ? "survivors @left" : "unconfirmed") . "\n";
}
sub finished {
  my @left = descendants();
  my $said = @left ? "left @left\n" : "";
  if (!end_all()) { my @remain = descendants(); $said .= "remain @remain\n" if @remain }
  return $said . ($status & 127 ? "end signal " . ($status & 127) : "end exit " . ($status >> 8)) . "\n";
}
# Whether any child is left: kernel knowledge, where a walk through /proc may miss what forks meanwhile.
sub reap {
  my $pid;
  while (($pid = waitpid(-1, 1)) > 0) { $status = $? if $pid == $step }
  return $pid == 0;
}
# Stopped first, so that nothing forks while the others die. Processes of root refuse the signal.
sub end_all {
  for my $round (1 .. 60) {
    return 1 if !reap();
    my @all = descendants(1e9);
    kill "STOP", @all;
    kill "KILL", @all;
    select(undef, undef, undef, 0.002 + $round / 4000);
  }
  return !reap();
}
sub descendants {
  my $most = shift || 100;
  my (%children, @found);
  opendir(my $proc, "/proc") or return ();
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    open(my $stat, "<", "/proc/$pid/stat") or next;
    my $text = <$stat>;
    push @{ $children{$2} }, $pid if defined $text && $text =~ /^\d+ \(.*\) (\S) (\d+)/s && $1 ne "Z";
  }
  my @next = ($$);
  while (@next) { my @more = map { @{ $children{$_} || [] } } @next; push @found, @more; @next = @more }
  @found = sort { $a <=> $b } @found;
  return @found > $most ? @found[0 .. $most - 1] : @found;
}
# Nothing may be lost to a slow reader; but what survived us may hold a pipe for ever. Whoever else could write is dead:
# what there is can be read at once.
sub drain {
  my $idle = now();
  while (%open && !defined $lost && now() - $idle < 0.3) { $idle = now() if pump(0.05) || length($queue) >= $full }
}
# Moves what can be moved now, waiting for it at most so long. A gateway that reads slowly must not keep us from
# hearing it say kill: the queue is bounded, and no write blocks.
sub pump {
  my ($wait) = @_;
  my ($r, $w) = ("", "");
  vec($r, 0, 1) = 1 if $lifeline;
  if (length($queue) < $full) { vec($r, $_, 1) = 1 for keys %open }
  vec($w, 1, 1) = 1 if length $queue;
  my $ready = select($r, $w, undef, $wait);
  my $moved = 0;
  if ($ready > 0) {
    for my $fd (grep { vec($r, $_, 1) } keys %open) { $moved = 1; take($fd) }
    if (vec($w, 1, 1)) { $moved = 1; give() }
    listen_up() if $lifeline && vec($r, 0, 1);
  }
  $lost = now() if !defined $lost && (!$lifeline || now() - $heard > $silence);
  return $moved;
}
sub take {
  my ($fd) = @_;
  my $n = sysread($open{$fd}, my $piece, 65536);
  if ($n) { $queue .= "$tag{$fd} $n\n$piece" }
  elsif (defined $n) { delete $open{$fd} }
}
sub give {
  my $n = syswrite(STDOUT, $queue);
  if (defined $n) { substr($queue, 0, $n) = "" }
  # Neither EAGAIN nor EINTR.
  elsif ($! != 11 && $! != 4) { $queue = ""; $lifeline = 0 }
}
sub listen_up {
  my $n = sysread(STDIN, my $piece, 4096);
  if (!$n) { $lifeline = 0 if defined $n; return }
  $heard = now();
  $line .= $piece;
  while ($line =~ s/^([^\n]*)\n//) { $asked = 1 if $1 eq "K" }
  $line = "" if length $line > 64;
}
