#!/bin/sh
# Installs the servers that the tests use, where they are missing: PostgreSQL, Chromium, a Chinese font.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need:$missing. Please install them." >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -o DPkg::Lock::Timeout=600 -q -y"
$apt update >/dev/null
# shellcheck disable=SC2086
$apt install --no-install-recommends $missing >/dev/null || { $apt --fix-broken install >/dev/null && $apt install --no-install-recommends $missing >/dev/null; }
