#!/bin/sh
# Set up gisapp in .venv: `./setup.sh run` for using it, `./setup.sh dev` for its tests as well.
# Asks apt for what is missing when root; otherwise says in one line what to install.
set -eu
cd "$(dirname "$0")"
what=${1:-run}
venv=.venv

packages=""
need() { # need PACKAGE COMMAND...: ask for PACKAGE unless COMMAND succeeds
  package=$1; shift
  "$@" >/dev/null 2>&1 || packages="$packages $package"
}
spatialite() {
  [ -n "${SPATIALITE_LIBRARY_PATH:-}" ] || ls /usr/lib/*-linux-gnu/mod_spatialite.so \
    /usr/lib64/mod_spatialite.so /usr/lib/mod_spatialite.so /usr/local/lib/mod_spatialite.* \
    /opt/homebrew/lib/mod_spatialite.dylib 2>/dev/null | grep -q .
}
postgis() { ls /usr/share/postgresql/*/extension/postgis.control; }
shell() { command -v chromium-headless-shell; } # Chromium without windows: quicker, not in every system
browser() { shell || command -v chromium || command -v chromium-browser || command -v google-chrome; }
atomic() { ls /usr/lib/*/libatomic.so.1 /usr/lib64/libatomic.so.1 2>/dev/null | grep -q .; } # for the browser's driver
chinese() { ls /usr/share/fonts/opentype/noto/NotoSansCJK* /usr/share/fonts/*/*/NotoSansCJK* 2>/dev/null | grep -q .; }

# A Python we can use is 3.11 or newer, makes virtual environments, and either
# loads extensions into SQLite itself or has a wheel of pysqlite3 (x86-64 Linux).
usable() {
  "$1" - <<'PY' >/dev/null 2>&1
import ensurepip, platform, sqlite3, sys, venv
ours = hasattr(sqlite3.Connection, "enable_load_extension")
wheel = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 15)
sys.exit(not (sys.version_info >= (3, 11) and (ours or wheel)))
PY
}
find_python() {
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

updated=""
install() { # install PACKAGE...: with apt, as root
  echo "Installing with apt: $*" >&2
  export DEBIAN_FRONTEND=noninteractive
  [ -n "$updated" ] || apt-get update -qq >&2
  updated=1
  apt-get install -y -qq --no-install-recommends "$@" >&2
}

need libsqlite3-mod-spatialite spatialite
find_python >/dev/null || packages="$packages python3 python3-venv"
if [ "$what" = dev ]; then
  need "postgresql postgresql-postgis" postgis
  need fonts-noto-cjk chinese
  need libatomic1 atomic
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  # shellcheck disable=SC2086  # one word a package
  [ -z "$packages" ] || install $packages
  if [ "$what" = dev ] && ! shell >/dev/null; then
    install chromium-headless-shell || browser >/dev/null || install chromium
  fi
else
  [ "$what" != dev ] || need chromium browser
  if [ -n "$packages" ]; then
    echo "Missing on this machine. Install, then try again: sudo apt-get install$packages" >&2
    exit 1
  fi
fi

python=$(find_python) || {
  echo "No usable Python: 3.11 or newer that can load SQLite extensions is needed." >&2
  exit 1
}

lock=requirements.lock
[ "$what" = dev ] && lock=requirements-dev.lock

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi
if command -v uv >/dev/null 2>&1; then
  uv pip install --quiet --python "$venv/bin/python" --require-hashes --no-deps --only-binary :all: -r "$lock"
else
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: -r "$lock"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
touch "$venv/ready-$what"
