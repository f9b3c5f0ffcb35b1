#!/bin/sh
# Installs the servers that the tests use, where they are missing: PostgreSQL, Chromium, a Chinese font,
# OpenLDAP's server. None of them is started or set up as a service of the machine.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
[ -x /usr/sbin/slapd ] || missing="$missing slapd"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need:$missing. Please install them." >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -o DPkg::Lock::Timeout=600 -q -y"
$apt update >/dev/null
# slapd would ask for a domain and a password and then serve at the machine's port 389: tests start their own.
echo "slapd slapd/no_configuration boolean true" | debconf-set-selections
if [ ! -e /usr/sbin/policy-rc.d ]; then
	trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
fi
# shellcheck disable=SC2086
$apt install --no-install-recommends $missing >/dev/null || { $apt --fix-broken install >/dev/null && $apt install --no-install-recommends $missing >/dev/null; }
