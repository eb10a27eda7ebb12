#!/usr/bin/env bash
# Lays out target/macos/Whetstone.app from a release binary and zips it.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-target/release/whetstone}
app=target/macos/Whetstone.app
rm -rf "$app"
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
cp packaging/macos/Info.plist "$app/Contents/Info.plist"
cp "$binary" "$app/Contents/MacOS/whetstone"
cp assets/icon/whetstone.icns "$app/Contents/Resources/whetstone.icns"
printf 'APPL????' > "$app/Contents/PkgInfo"
if command -v codesign >/dev/null; then
  codesign --force --sign - "$app"
fi
(cd target/macos && zip -qry Whetstone.zip Whetstone.app)
echo "wrote target/macos/Whetstone.zip"
