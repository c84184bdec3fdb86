use strict; use POSIX qw(:sys_wait_h setsid dup2); use Fcntl;
my ($prctl, $run, $dir, $limit, $silence) = @ARGV;
# Orphans of the step become our children whatever they do, so that a walk by parent finds all of them.
syscall($prctl, 36, 1, 0, 0, 0);
# Not dumpable: a process of the same account can neither trace us nor open our output to forge records.
syscall($prctl, 4, 0, 0, 0, 0);
$SIG{$_} = 'IGNORE' for qw(PIPE HUP INT TERM);
my $ended = 0;
$SIG{CHLD} = sub { $ended = 1 };
pipe(my $out, my $outw); pipe(my $err, my $errw);
my $started = time;
my $step = fork;
if (!$step) {
  $SIG{$_} = 'DEFAULT' for qw(PIPE HUP INT TERM CHLD);
  setsid();
  open(STDIN, '<', '/dev/null');
  dup2(fileno($outw), 1); dup2(fileno($errw), 2);
  my ($user, $home) = (getpwuid($>))[0, 7];
  %ENV = (PATH => $ENV{PATH}, HOME => $home, USER => $user, LOGNAME => $user, LANG => 'C.UTF-8',
    CHAPERONE_RUN => $run, CHAPERONE_FILES => "$dir/files");
  chdir $home or chdir '/';
  umask 022;
  exec '/bin/bash', '--noprofile', '--norc', '/dev/fd/9';
  POSIX::_exit(127);
}
close $outw; close $errw; close STDERR;
open(STDERR, '>', '/dev/null');
POSIX::close(9);
for my $h (\*STDIN, \*STDOUT, $out, $err) { fcntl($h, F_SETFL, fcntl($h, F_GETFL, 0) | O_NONBLOCK) }
my ($queue, $heard, $line, $why, $status) = ('', time, '', '', undef);
my $lifeline = 1;
my %tag = (fileno($out) => 'O', fileno($err) => 'E');
my %open = (fileno($out) => $out, fileno($err) => $err);

sub descendants {
  my (%parent, %found);
  opendir(my $proc, '/proc') or return ();
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    open(my $stat, '<', "/proc/$pid/stat") or next;
    my $text = <$stat>; close $stat;
    $parent{$pid} = $2 if defined $text && $text =~ /^\d+ \(.*\) (\S) (\d+)/s && $1 ne 'Z';
  }
  closedir $proc;
  for (my $grew = 1; $grew;) {
    $grew = 0;
    for my $pid (keys %parent) {
      next if $found{$pid};
      if ($parent{$pid} == $$ || $found{$parent{$pid}}) { $found{$pid} = 1; $grew = 1 }
    }
  }
  return sort { $a <=> $b } keys %found;
}
sub reap { while ((my $pid = waitpid(-1, WNOHANG)) > 0) { $status = $? if $pid == $step } }
# Stopped first, so that nothing forks while the others die. Root's processes refuse the signal: they are named.
sub end_all {
  my @left;
  for my $round (1 .. 60) {
    @left = descendants() or last;
    kill 'STOP', @left;
    kill 'KILL', @left;
    reap();
    select(undef, undef, undef, 0.005 + $round / 4000);
    reap();
  }
  return @left;
}
sub pump {
  my ($wait) = @_;
  my ($r, $w) = ('', '');
  vec($r, 0, 1) = 1 if $lifeline;
  # A gateway that reads slowly must not keep us from hearing it say kill: bounded, and never a blocking write.
  if (length($queue) < 1 << 20) { vec($r, $_, 1) = 1 for keys %open }
  vec($w, 1, 1) = 1 if length $queue;
  return if select($r, $w, undef, $wait) <= 0;
  for my $fd (keys %open) {
    next unless vec($r, $fd, 1);
    my $n = sysread($open{$fd}, my $piece, 65536);
    if ($n) { $queue .= "$tag{$fd} $n\n$piece" }
    elsif (defined $n) { delete $open{$fd} }
  }
  if (vec($w, 1, 1)) {
    my $n = syswrite(STDOUT, $queue);
    if (defined $n) { substr($queue, 0, $n) = '' }
    elsif (!$!{EAGAIN} && !$!{EINTR}) { $queue = ''; $why ||= 'lifeline' }
  }
  if ($lifeline && vec($r, 0, 1)) {
    my $n = sysread(STDIN, my $piece, 4096);
    if (defined $n && $n == 0) { $lifeline = 0; $why ||= 'lifeline' }
    elsif ($n) {
      $heard = time;
      $line .= $piece;
      while ($line =~ s/^([^\n]*)\n//) { $why ||= 'asked' if $1 eq 'K' }
      $line = '' if length $line > 64;
    }
  }
}
while (!$why) {
  pump(0.25);
  if ($ended) { $ended = 0; reap() }
  last if defined $status;
  $why = 'deadline' if time - $started >= $limit;
  $why ||= 'lifeline' if time - $heard > $silence;
}
my @survivors;
if ($why) { @survivors = end_all() }
else {
  my @left = descendants();
  $queue .= "left @left\n" if @left;
  @survivors = end_all() if @left;
}
for (1 .. 200) { last unless %open && !@survivors; pump(0.01) }
system('rm', '-rf', $dir);
if ($why) { $queue .= "end killed $why " . (@survivors ? "survivors @survivors" : 'confirmed') . "\n" }
elsif (@survivors) { $queue .= "end killed lifeline survivors @survivors\n" }
elsif (WIFSIGNALED($status)) { $queue .= 'end signal ' . WTERMSIG($status) . "\n" }
else { $queue .= 'end exit ' . WEXITSTATUS($status) . "\n" }
my $patience = time + 5 + $silence;
pump(0.1) while length $queue && time < $patience && ($lifeline || $why);
POSIX::_exit(0);
