# Prints what `chaperone target check` judges. Changes nothing. Run it on the target, as root (sshd -T reads the host keys):
#   sh target-facts.sh ACCOUNT [ADDRESS OF THE GATEWAY] [SSHD_CONFIG] >facts.txt
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
account=$1 address=${2:-127.0.0.1} config=${3:-}
echo 'chaperone-target-facts 1'
echo "account $account"
echo "time $(date +%s)"
echo "version $(ssh -V 2>&1 | head -n 1)"
entry=$(getent passwd "$account") || entry=
uid=$(echo "$entry" | cut -d: -f3)
home=$(echo "$entry" | cut -d: -f6)
echo "uid $uid"
echo "shell $(echo "$entry" | cut -d: -f7)"
settings=$(sshd ${config:+-f "$config"} -T -C "user=$account,host=$address,addr=$address,laddr=$address,lport=22" 2>/dev/null)
echo "$settings" | sed -n 's/^/sshd /p' | head -n 300
of() { echo "$settings" | sed -n "s|^$1 ||p"; }
of hostkey | while read -r file; do sed 's/^/host-key /' "$file.pub" 2>/dev/null; done | head -n 20
cat "$(of trustedusercakeys)" 2>/dev/null | grep -v '^ *#' | grep . | sed 's/^/ca /' | head -n 20
principals=$(of authorizedprincipalsfile | sed "s|%u|$account|g; s|%h|$home|g; s|%%|%|g")
case $principals in /* | none | '') ;; *) principals=$home/$principals ;; esac
cat "$principals" 2>/dev/null | grep -v '^ *#' | grep . | sed 's/^/principal /' | head -n 100
echo "home $(stat -c '%u %a' "$home" 2>/dev/null)"
for name in .bashrc .bash_profile .bash_login .profile .zshenv .kshrc .cshrc .tcshrc .config/fish/config.fish .ssh/rc .ssh/environment; do
  [ -e "$home/$name" ] && echo "start-file $(stat -L -c '%u %a' "$home/$name") $name"
done
for tool in bash env base64 sha256sum head stat mkdir perl setsid flock getent; do
  command -v "$tool" >/dev/null && echo "tool $tool"
done
marks=/var/lib/chaperone/ran/$uid
[ -d "$marks" ] || marks=/var/tmp/chaperone-ran-$uid
[ -d "$marks" ] || marks=/var/tmp
echo "marks $(stat -c '%u %a' "$marks") $(stat -f -c %T "$marks") $marks"
echo end
