#!/usr/bin/env bash
# Builds the .deb from a release binary, checks its metadata, installs it, and starts it under Xvfb.
# deb.sh [--no-install]: only build and check.
set -euo pipefail
cd "$(dirname "$0")/../.."
app=io.github.whetstone.Whetstone
need=()
command -v dpkg-deb >/dev/null || need+=(dpkg)
command -v desktop-file-validate >/dev/null || need+=(desktop-file-utils)
command -v appstreamcli >/dev/null || need+=(appstream)
if [[ ${1:-} != --no-install ]]; then
  command -v Xvfb >/dev/null || need+=(xvfb)
  command -v xdotool >/dev/null || need+=(xdotool)
fi
if (( ${#need[@]} )); then
  apt-get update -qq && apt-get install -y -qq "${need[@]}" >/dev/null
fi
desktop-file-validate "packaging/linux/$app.desktop"
appstreamcli validate --no-net "packaging/linux/$app.metainfo.xml"
cargo build --release --locked --bin whetstone
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
arch=$(dpkg --print-architecture)
root=target/deb/whetstone_${version}_$arch
rm -rf "$root"
install -Dm755 target/release/whetstone "$root/usr/bin/whetstone"
install -Dm644 "packaging/linux/$app.desktop" "$root/usr/share/applications/$app.desktop"
install -Dm644 "packaging/linux/$app.metainfo.xml" "$root/usr/share/metainfo/$app.metainfo.xml"
install -Dm644 assets/icon/whetstone.svg "$root/usr/share/icons/hicolor/scalable/apps/$app.svg"
install -Dm644 assets/icon/whetstone-256.png "$root/usr/share/icons/hicolor/256x256/apps/$app.png"
install -Dm644 packaging/linux/copyright "$root/usr/share/doc/whetstone/copyright"
mkdir -p "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: whetstone
Version: $version
Section: education
Priority: optional
Architecture: $arch
Maintainer: The Whetstone developers <whetstone@users.noreply.github.com>
Depends: libc6 (>= 2.34), libgl1, libegl1, libxkbcommon-x11-0, libxcursor1, libxi6, libxrandr2
Installed-Size: $(du -ks "$root/usr" | cut -f1)
Description: offline study for the senior backend interview
 Questions, model answers, flashcards and living architecture diagrams side by
 side, with the reader's own notes and a schedule, in one window.
CONTROL
dpkg-deb --root-owner-group --build "$root" "target/deb/whetstone_${version}_$arch.deb"
[[ ${1:-} == --no-install ]] && exit 0
apt-get install -y -qq --reinstall "./target/deb/whetstone_${version}_$arch.deb" >/dev/null
data=$(mktemp -d)
n=90; while [[ -e /tmp/.X$n-lock ]]; do n=$((n + 1)); done
Xvfb ":$n" -screen 0 1440x900x24 -nolisten tcp >/dev/null 2>&1 & x=$!
trap 'kill "${app_pid:-}" "$x" 2>/dev/null || true; rm -rf "$data"' EXIT
sleep 1
DISPLAY=:$n LIBGL_ALWAYS_SOFTWARE=1 /usr/bin/whetstone --data-dir "$data" & app_pid=$!
for _ in $(seq 50); do
  if DISPLAY=:$n xdotool search --name '^Whetstone' >/dev/null 2>&1; then
    echo "installed, started, and its window is open"
    exit 0
  fi
  sleep 0.2
done
echo "the installed program opened no window" >&2
exit 1
