#!/bin/sh
# Installs the servers that the tests use, where they are missing: PostgreSQL, Chromium, a Chinese font,
# OpenLDAP's server. None of them is started or set up as a service of the machine.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
[ -x /usr/sbin/slapd ] || missing="$missing slapd"
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"

# The OpenID provider that the sign-in tests speak to, outside the tree; the lock file names its contents.
provider() {
	here="$(cd "$(dirname "$0")/.." && pwd)/internal/signin/testdata/oidc"
	cache="${XDG_CACHE_HOME:-$HOME/.cache}/neike/oidc-provider"
	if ! cmp -s "$here/package-lock.json" "$cache/package-lock.json" || [ ! -f "$cache/ready" ]; then
		rm -rf "$cache"
		mkdir -p "$cache"
		cp "$here/package.json" "$here/package-lock.json" "$cache/"
		(cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null && : >ready)
	fi
}
if [ -z "$missing" ]; then
	provider
	exit 0
fi
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
provider
